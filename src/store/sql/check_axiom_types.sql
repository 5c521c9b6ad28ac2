-- Finds axioms with an open part that have a type all the same, and ones without a type that are
-- no statement either.
select item.key || ' axiom ' || (axiom.id & 16777215)
from axiom
join item on item.id = axiom.item_id
left join open_axiom on open_axiom.axiom_id = axiom.id
where axiom.axiom_type like '%?%'
    or (axiom.axiom_type is null and open_axiom.axiom_id is null and axiom.property is null)
