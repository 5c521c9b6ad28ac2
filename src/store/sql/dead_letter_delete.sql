-- Closes the dead letter of an item that is good again.
delete from dead_letter where item_id = :item_id
