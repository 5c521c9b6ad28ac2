-- Lists the parents and the other relations that properties of a source's pages state.
select distinct subject.class_iri, reference.predicate, target.class_iri as target_iri
from reference
join claim on claim.id = reference.claim_id
join item on item.id = claim.item_id
join class as subject on subject.ontology_id = claim.ontology_id and subject.id = claim.class_id
join name on name.id = reference.name_id
join class as target on target.ontology_id = name.ontology_id and target.id = name.class_id
where item.source_id = :source_id and not reference.is_axiom
order by reference.predicate <> 'is-subclass-of', reference.predicate, subject.class_iri,
    target.class_iri
