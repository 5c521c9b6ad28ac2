-- Tells until when a source's server wants to be left alone; 0 if it does not.
select coalesce(paused_until_ms, 0) from source where id = :source_id
