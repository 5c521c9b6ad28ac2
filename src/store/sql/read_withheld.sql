-- Lists items that complete listings lacked and that were not deleted. The cross joins keep
-- SQLite from walking all items in the hope of finding some that are.
select source.name as source, item.key
from deletion_candidate
cross join item on item.id = deletion_candidate.item_id
cross join source on source.id = item.source_id
order by source.name, item.key limit :limit
