-- Whether something is stored of an item: a page, an OWL document or a row.
select exists (select 1 from page where item_id = :item_id)
    or exists (select 1 from document where id = :item_id)
