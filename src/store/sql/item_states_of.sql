-- Lists what the store knows of given keys.
select *
from item_state where source_id = :source_id and key = :key
