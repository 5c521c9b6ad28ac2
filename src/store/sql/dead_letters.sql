-- Lists dead letters by source and key, those of one cause or all.
select source.name as source, item.key, dead_letter.stage, dead_letter.code,
    dead_letter.message, dead_letter.cause_id, dead_letter.content_digest,
    dead_letter.attempts, dead_letter.first_at_ms, dead_letter.last_at_ms,
    dead_letter.discarded_at_ms, dead_letter.discard_reason
from dead_letter
join item on item.id = dead_letter.item_id
join source on source.id = item.source_id
where (:cause_id is null or dead_letter.cause_id = :cause_id)
    and (:key is null or item.key = :key)
    and (:with_discarded or dead_letter.discarded_at_ms is null)
order by source.name, item.key
limit :limit
