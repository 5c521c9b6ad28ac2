-- Lists what the store knows of all keys behind one, in the order of their bytes.
select *
from item_state
where source_id = :source_id and key > :after
order by key limit :limit
