-- Finds items whose outcome and whose page contradict each other.
select item.key from item left join page on page.item_id = item.id
where (item.outcome = 'written' and page.item_id is null)
    or (item.outcome = 'deleted' and page.item_id is not null)
    or (page.item_id is not null and item.fingerprint is null)
