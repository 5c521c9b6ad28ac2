-- Lists the axioms that wait for the kind of a property.
select distinct awaited_kind.axiom_id
from awaited_kind
join axiom on axiom.id = awaited_kind.axiom_id
where awaited_kind.entity_id = :entity_id and axiom.ontology_id = :ontology_id
