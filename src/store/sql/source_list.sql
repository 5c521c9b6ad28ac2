-- Lists every source with what the store holds of it.
select source.id, source.name, source.kind, source.settings, source.version,
    (select count(*) from item where item.source_id = source.id and item.outcome <> 'deleted')
        as items
from source order by source.name
