-- Finds axioms that have a type though a part of it is open.
select item.key || ' axiom ' || (axiom.id & 16777215)
from axiom join item on item.id = axiom.item_id
where axiom.axiom_type like '%?%'
