-- Lists the claims to a class, the one to show first: that of the smallest (path, block), one
-- that says more than that there is the class before one that does not.
select claim.id, claim.is_shown, claim.class_iri
from claim
join item on item.id = claim.item_id
join source on source.id = item.source_id
where claim.ontology_id = :ontology_id and claim.class_id = :class_id
order by claim.is_mention, item.key, source.name, claim.block
