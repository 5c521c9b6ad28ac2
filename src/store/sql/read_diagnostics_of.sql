-- Lists every diagnostic, of one source or of all.
select source.name as source, item.key, diagnostic.line, diagnostic.level, diagnostic.code,
    diagnostic.message
from diagnostic
join item on item.id = diagnostic.item_id
join source on source.id = item.source_id
where :source is null or source.name = :source
order by source.name, item.key, diagnostic.ordinal
