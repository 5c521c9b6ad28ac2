-- Lists every source with what the store holds of it and what its last sync was.
select source.id, source.name, source.kind, source.settings,
    (select job.source_version from job where job.source_id = source.id and job.kind = 'sync'
        and job.state in ('completed', 'completed_with_errors')
        order by job.id desc limit 1) as version,
    (select count(*) from item where item.source_id = source.id and item.outcome <> 'deleted')
        as items,
    (select job.options from job where job.source_id = source.id and job.kind = 'sync'
        order by job.id desc limit 1) as options
from source order by source.name
