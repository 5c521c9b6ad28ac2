-- Lists the keys of a source's open dead letters, those of one cause, one key, or all.
select item.key
from dead_letter cross join item on item.id = dead_letter.item_id
where item.source_id = :source_id and dead_letter.discarded_at_ms is null
    and (:cause_id is null or dead_letter.cause_id = :cause_id)
    and (:key is null or item.key = :key)
order by item.key
