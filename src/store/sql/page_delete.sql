-- Forgets a page.
delete from page where item_id = :item_id
