-- Lists every claim, for the store's digest.
select source.name as source, item.key, claim.block, ontology.name, class.iri, claim.class_iri,
    claim.label, claim.comment, claim.other_labels, claim.line, claim.is_mention,
    claim.properties
from claim
join item on item.id = claim.item_id
join source on source.id = item.source_id
join ontology on ontology.id = claim.ontology_id
join class on class.ontology_id = claim.ontology_id and class.id = claim.class_id
order by source.name, item.key, claim.block
