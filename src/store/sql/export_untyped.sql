-- Lists the statements of a source that no axiom could be made of, each once.
select distinct coalesce(open_axiom.axiom_type, '?') as axiom_type, axiom.annotations,
    axiom.subject, axiom.property, axiom.object, axiom.named,
    -- Anonymous individuals of one name are the same within one item only.
    iif(instr(axiom.subject || coalesce(axiom.object, '') || coalesce(axiom.annotations, ''),
        '_:') > 0, item.key, null) as scope
from axiom
left join open_axiom on open_axiom.axiom_id = axiom.id
join item on item.id = axiom.item_id
where item.source_id = :source_id and axiom.axiom_type is null
order by 1, 3, 4, 5, 2, scope
