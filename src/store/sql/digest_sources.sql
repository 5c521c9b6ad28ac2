-- Lists the sources that state something, in the order of their names.
select name from source
where exists (select 1 from item join document on document.id = item.id
        where item.source_id = source.id)
    or exists (select 1 from item join page on page.item_id = item.id
        where item.source_id = source.id)
order by name
