-- Lists what the store knows of the items in a range of rows, whoever's they are.
select *
from item_state
where id > :after and id <= :up_to
order by id
