-- Counts the items of a source of which something is stored, no further than is asked.
select count(*) from (
    select 1 from item where source_id = :source_id and (outcome = 'written'
        or outcome <> 'deleted' and (exists (select 1 from page where page.item_id = item.id)
            or exists (select 1 from document where document.id = item.id)))
    limit :up_to
)
