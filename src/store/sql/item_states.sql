-- Lists what the store knows of a range of keys, in the order of their bytes.
select *
from item_state
where source_id = :source_id and key > :after and key <= :up_to
order by key limit :limit
