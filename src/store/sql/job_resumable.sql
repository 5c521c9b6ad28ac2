-- Finds the newest job of a source and a kind that can go on, if no newer one has ended.
select id, uid, state, options, parser_version, configuration_version, attempt, started_at_ms,
    source_version
from job
where source_id = :source_id and kind = :kind
    and id = (select max(id) from job where source_id = :source_id and kind = :kind)
    and state in ('paused', 'interrupted', 'failed')
