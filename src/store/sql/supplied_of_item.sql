-- Lists the names that an item supplies.
select claim.block, supplied_name.name_id, supplied_name.rank, claim.class_id
from claim join supplied_name on supplied_name.claim_id = claim.id
where claim.item_id = :item_id
order by claim.block, supplied_name.name_id
