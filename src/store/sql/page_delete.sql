-- Forgets a page, and gives the name it had.
delete from page where item_id = :item_id returning name_id
