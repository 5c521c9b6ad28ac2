-- Lists items that complete listings lacked and that were not deleted.
select source.name as source, item.key
from deletion_candidate
join item on item.id = deletion_candidate.item_id
join source on source.id = item.source_id
order by source.name, item.key limit :limit
