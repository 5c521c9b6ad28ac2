-- Removes what was found about an item.
delete from diagnostic where item_id = :item_id
