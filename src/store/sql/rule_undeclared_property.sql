-- Finds properties that statements have no type for, where a source uses each first: nobody
-- declares what kind of property they are.
select entity.shown as subject, source.name as source, min(item.key) as key, axiom.line,
    'nowhere declared, so ' || iif(count(*) = 1, 'a statement has', count(*) || ' statements have')
        || ' no type' as detail
from axiom
join awaited_kind on awaited_kind.axiom_id = axiom.id
join entity on entity.id = awaited_kind.entity_id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.axiom_type is null
    and not exists (
        select 1 from declaration
        where declaration.entity_id = awaited_kind.entity_id
            and declaration.ontology_id = axiom.ontology_id
            and declaration.kind like '%Property')
group by entity.id, item.source_id
