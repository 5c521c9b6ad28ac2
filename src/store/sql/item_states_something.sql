-- Whether an item is a page or an OWL document.
select exists (select 1 from page where item_id = :item_id)
    or exists (select 1 from owl_document where item_id = :item_id)
