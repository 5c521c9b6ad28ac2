-- Finds the name of an item's page.
select name_id from page where item_id = :item_id
