-- Takes back what an item declares.
delete from declaration where item_id = :item_id
