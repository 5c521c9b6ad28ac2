-- Finds statements that no axiom could be made of, each subject once a file.
select min(axiom.subject) as subject, source.name as source, item.key, min(axiom.line) as line,
    count(*) || ' statements without a type, such as one with ' || min(coalesce(axiom.property,
    open_axiom.axiom_type, 'no property')) as detail
from axiom
left join open_axiom on open_axiom.axiom_id = axiom.id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.axiom_type is null
group by axiom.item_id, axiom.subject
