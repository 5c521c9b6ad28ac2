-- Takes back what an item imports.
delete from owl_import where item_id = :item_id
