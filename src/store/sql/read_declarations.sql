-- Lists where and what an entity is declared to be.
select declaration.kind, source.name as source, item.key, declaration.line
from declaration
join entity on entity.id = declaration.entity_id
join item on item.id = declaration.item_id
join source on source.id = item.source_id
where entity.iri = :iri
order by item.key, declaration.ordinal
