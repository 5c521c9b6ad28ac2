-- Lists every supplied name, for the store's digest.
select source.name as source, item.key, claim.block, name.exact, supplied_name.rank
from supplied_name
join claim on claim.id = supplied_name.claim_id
join item on item.id = claim.item_id
join source on source.id = item.source_id
join name on name.id = supplied_name.name_id
order by source.name, item.key, claim.block, name.exact
