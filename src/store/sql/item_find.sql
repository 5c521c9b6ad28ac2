-- Finds an item by its key.
select id, read_epoch, read_counter
from item where source_id = :source_id and key = :key
