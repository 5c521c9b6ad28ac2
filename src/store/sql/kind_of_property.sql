-- What a property is declared to be first, in the order of paths and places.
select declaration.kind
from declaration
join item on item.id = declaration.item_id
join source on source.id = item.source_id
where declaration.entity_id = :entity_id and declaration.ontology_id = :ontology_id
    and (declaration.kind = 'ObjectProperty' or declaration.kind = 'DataProperty'
        or declaration.kind = 'AnnotationProperty')
order by item.key, source.name, declaration.ordinal
limit 1
