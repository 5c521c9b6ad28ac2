-- Lists the axioms and statements whose subject this is.
select coalesce(axiom.axiom_type, open_axiom.axiom_type, '?') as axiom_type, axiom.subject,
    axiom.property, axiom.object, axiom.annotations, axiom.named,
    axiom.axiom_type is null as is_untyped, source.name as source, item.key, axiom.line, axiom.id
from axiom
left join open_axiom on open_axiom.axiom_id = axiom.id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.subject = :subject
order by axiom.axiom_type is null, 1, item.key, axiom.id
limit :limit
