-- Lets the claim with the smallest (path, block) be the one that its class shows; a no-op
-- where it is.
with best as (
    select claim.id
    from claim
    join item on item.id = claim.item_id
    join source on source.id = item.source_id
    where claim.ontology_id = :ontology_id and claim.class_id = :class_id
    order by item.key, source.name, claim.block
    limit 1
)
update claim
set is_shown = (claim.id = best.id)
from best
where claim.ontology_id = :ontology_id and claim.class_id = :class_id
    and claim.is_shown <> (claim.id = best.id)
