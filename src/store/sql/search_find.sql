-- Finds documents by their words, the best first. Of the claims to a class the shown one is
-- found. A filter is met by an equal value, or by an array that holds one.
with hit as materialized (
    select search.rowid as id, type.name as type,
        -bm25(search, type.title_weight, type.weight_1, type.weight_2, type.weight_3,
            type.weight_4) as score
    from search
    left join document on document.id = search.rowid
    left join claim on claim.id = search.rowid
    join document_type as type
        on type.id = coalesce(document.type_id, iif(claim.id is null, 1, 2))
    where search match :query
        and (:types is null or type.name in (select value from json_each(:types)))
        and coalesce(claim.is_shown, 1)
        and not exists (
            select 1 from json_each(:filters) as wanted
            where not exists (
                select 1 from json_each(document.metadata, wanted.value ->> 'path') as found
                where case found.type
                    when 'integer' then found.value = wanted.value ->> 'number'
                    when 'real' then found.value = wanted.value ->> 'number'
                    when 'true' then wanted.value ->> 'text' = 'true'
                    when 'false' then wanted.value ->> 'text' = 'false'
                    when 'null' then wanted.value ->> 'text' = 'null'
                    else found.value = wanted.value ->> 'text'
                end
            )
        )
    order by score desc, search.rowid limit :limit
)
select hit.score, hit.type, source.name as source, item.key as item, claim.class_iri,
    search.title, document.metadata,
    snippet(search, -1, char(2), char(3), '…', 16) as snippet
from hit
cross join search on search.rowid = hit.id
left join document on document.id = hit.id
left join claim on claim.id = hit.id
join item on item.id = coalesce(claim.item_id, hit.id)
join source on source.id = item.source_id
where search match :query
order by hit.score desc, hit.id
