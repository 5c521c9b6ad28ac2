-- Gives up rejected items for good, with the reason; their next version is tried again.
update dead_letter set discarded_at_ms = :now_ms, discard_reason = :reason
where discarded_at_ms is null
    and (:cause_id is null or cause_id = :cause_id)
    and (:key is null or item_id in (select id from item where key = :key))
