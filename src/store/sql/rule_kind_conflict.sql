-- Finds entities that are declared to be what OWL 2 lets no one thing be: properties of several
-- kinds, or a class and a datatype. Where it is declared otherwise than first.
select entity.shown as subject, source.name as source, min(item.key) as key, declaration.line,
    declaration.kind || ' here, ' || other.kind || ' in ' || first.key as detail
from declaration
join entity on entity.id = declaration.entity_id
join item on item.id = declaration.item_id
join source on source.id = item.source_id
join declaration as other on other.entity_id = declaration.entity_id
    and other.ontology_id = declaration.ontology_id
join item as first on first.id = other.item_id
where declaration.kind <> other.kind
    and (item.key, declaration.ordinal) > (first.key, other.ordinal)
    and ((declaration.kind like '%Property' and other.kind like '%Property')
        or (declaration.kind in ('Class', 'Datatype') and other.kind in ('Class', 'Datatype')))
group by declaration.entity_id, item.source_id
