-- Lists the axioms of a source, each once.
select distinct axiom.axiom_type, axiom.annotations, axiom.subject, axiom.property, axiom.object,
    axiom.named,
    -- Anonymous individuals of one name are the same within one item only.
    iif(instr(axiom.subject || coalesce(axiom.object, '') || coalesce(axiom.annotations, ''),
        '_:') > 0, item.key, null) as scope
from axiom join item on item.id = axiom.item_id
where item.source_id = :source_id and axiom.axiom_type <> 'Annotation'
order by 1, 3, 4, 5, 2, scope
