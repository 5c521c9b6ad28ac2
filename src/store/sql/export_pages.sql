-- Lists what the blocks of a source's pages say of their classes.
select class.class_iri, claim.label, claim.comment
from claim
join class on class.ontology_id = claim.ontology_id and class.id = claim.class_id
join item on item.id = claim.item_id
join page on page.item_id = claim.item_id
where item.source_id = :source_id and not claim.is_mention
order by class.class_iri, item.key, claim.block
