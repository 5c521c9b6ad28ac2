-- Lists where a class is stated, the claim that is shown first.
select item.key, claim.block, claim.line, claim.label
from class
join ontology on ontology.id = class.ontology_id
join claim on claim.ontology_id = class.ontology_id and claim.class_id = class.id
join item on item.id = claim.item_id
join source on source.id = item.source_id
where class.iri = :iri and ontology.name = :ontology
order by claim.is_mention, item.key, source.name, claim.block
