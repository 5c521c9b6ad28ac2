-- Lists open dead letters of a source as lines of text.
select item.key || ': ' || dead_letter.message
from dead_letter cross join item on item.id = dead_letter.item_id
where item.source_id = :source_id and dead_letter.discarded_at_ms is null
order by item.key limit :limit
