-- Finds statements that no axiom could be made of, each subject once a source, one without
-- a name once a file. Those that wait for a property that nobody declares are told with it.
select axiom.subject, source.name as source, min(item.key) as key, axiom.line,
    iif(count(*) = 1, 'a statement', count(*) || ' statements') || ' without a type, such as one with '
        || coalesce(axiom.property, open_axiom.axiom_type, 'no property') as detail
from axiom
left join open_axiom on open_axiom.axiom_id = axiom.id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.axiom_type is null
    and not exists (
        select 1 from awaited_kind
        where awaited_kind.axiom_id = axiom.id
            and not exists (
                select 1 from declaration
                where declaration.entity_id = awaited_kind.entity_id
                    and declaration.ontology_id = axiom.ontology_id
                    and declaration.kind like '%Property'))
group by axiom.subject, item.source_id, iif(axiom.subject glob '_:*', item.id, 0)
