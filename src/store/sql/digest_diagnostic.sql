-- Lists every diagnostic, for the store's digest.
select source.name as source, item.key, diagnostic.ordinal, diagnostic.level, diagnostic.code,
    diagnostic.line, diagnostic.message
from diagnostic
join item on item.id = diagnostic.item_id
join source on source.id = item.source_id
order by source.name, item.key, diagnostic.ordinal
