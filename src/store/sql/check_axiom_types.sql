-- Finds axioms with an open part that has a type, or none and nothing open.
select item.key || ' axiom ' || (axiom.id & 16777215)
from axiom
join item on item.id = axiom.item_id
left join open_axiom on open_axiom.axiom_id = axiom.id
where (axiom.axiom_type like '%?%')
    or (axiom.axiom_type is not null and axiom.subject = open_axiom.subject
        and axiom.axiom_type = open_axiom.axiom_type)
