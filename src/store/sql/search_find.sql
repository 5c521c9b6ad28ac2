-- Finds documents by their words, the best first. Of the claims to a class that have the words one
-- is found: the shown one, else the first. A filter is met by a value, or by an array that holds one; members of an object are not
-- its values. Numbers are held against numbers and texts against texts.
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
        and (coalesce(claim.is_shown, 1) or not exists (
            select 1 from claim as better
            where better.ontology_id = claim.ontology_id and better.class_id = claim.class_id
                and (better.is_shown or better.id < claim.id) and not better.is_mention
                and exists (
                    select 1 from search as other
                    where other.search match :query and other.rowid = better.id)))
        and not exists (
            select 1 from json_each(:filters) as wanted
            where iif(wanted.value ->> 'text' = 'null'
                    and wanted.value ->> 'comparison' in ('=', '!='),
                (coalesce(json_type(document.metadata, wanted.value ->> 'path'), 'null') = 'null')
                    <> (wanted.value ->> 'comparison' = '='),
                not exists (
                    select 1 from json_each(document.metadata, wanted.value ->> 'path') as found
                    where json_type(document.metadata, wanted.value ->> 'path') <> 'object'
                        and case
                            when found.type = 'null' then 0
                            when found.type in ('true', 'false')
                                then case wanted.value ->> 'comparison'
                                    when '=' then found.type = wanted.value ->> 'text'
                                    when '!=' then found.type <> wanted.value ->> 'text'
                                end
                            when found.type = 'text'
                                then case wanted.value ->> 'comparison'
                                    when '=' then found.value = wanted.value ->> 'text'
                                    when '!=' then found.value <> wanted.value ->> 'text'
                                    when '<' then found.value < wanted.value ->> 'text'
                                    when '<=' then found.value <= wanted.value ->> 'text'
                                    when '>' then found.value > wanted.value ->> 'text'
                                    when '>=' then found.value >= wanted.value ->> 'text'
                                end
                                and (wanted.value ->> 'comparison' in ('=', '!=')
                                    or wanted.value ->> 'number' is null)
                            when found.type in ('integer', 'real')
                                then case wanted.value ->> 'comparison'
                                    when '=' then found.value = wanted.value ->> 'number'
                                    when '!=' then found.value is not wanted.value ->> 'number'
                                    when '<' then found.value < wanted.value ->> 'number'
                                    when '<=' then found.value <= wanted.value ->> 'number'
                                    when '>' then found.value > wanted.value ->> 'number'
                                    when '>=' then found.value >= wanted.value ->> 'number'
                                end
                        end
                )
            )
        )
    order by score desc, search.rowid limit :limit
)
select hit.id, hit.score, hit.type, source.name as source, item.key as item, claim.class_iri,
    document.metadata,
    snippet(search, -1, char(2), char(3), '…', 16) as snippet
from hit
cross join search on search.rowid = hit.id
left join document on document.id = hit.id
left join claim on claim.id = hit.id
join item on item.id = coalesce(claim.item_id, hit.id)
join source on source.id = item.source_id
where search match :query
order by hit.score desc, hit.id
