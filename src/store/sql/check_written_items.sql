-- Finds items whose outcome contradicts what is stored of them.
select item.key from item
left join page on page.item_id = item.id
left join document on document.id = item.id
where (item.outcome = 'written' and document.id is null and page.item_id is null)
    or (item.outcome = 'deleted' and (page.item_id is not null or document.id is not null
        or exists (select 1 from owl_document where item_id = item.id)
        or exists (select 1 from axiom
            where axiom.id >= item.id << 24 and axiom.id < (item.id + 1) << 24)))
    or (coalesce(document.id, page.item_id) is not null and item.fingerprint is null)
