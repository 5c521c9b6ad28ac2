-- Lists every reference with the class it leads to, for the store's digest.
select source.name as source, item.key, claim.block, reference.ordinal, reference.predicate, name.exact,
    reference.label, reference.qualifier, reference.line, reference.is_axiom, class.iri
from reference
join claim on claim.id = reference.claim_id
join item on item.id = claim.item_id
join source on source.id = item.source_id
join name on name.id = reference.name_id
left join class on class.ontology_id = name.ontology_id and class.id = name.class_id
order by source.name, item.key, claim.block, reference.ordinal
