-- Lists diagnostics by file and line, those of one code, one file, one level, or all.
select source.name as source, item.key, diagnostic.line, diagnostic.level, diagnostic.code,
    diagnostic.message
from diagnostic
join item on item.id = diagnostic.item_id
join source on source.id = item.source_id
where (:code is null or diagnostic.code = :code)
    and (:key is null or item.key = :key)
    and (:level is null or diagnostic.level = :level)
order by source.name, item.key, diagnostic.line, diagnostic.ordinal
limit :limit
