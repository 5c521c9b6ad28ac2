-- Lists every declaration, for the store's digest.
select source.name as source, item.key, declaration.ordinal, ontology.name, entity.iri,
    declaration.kind, declaration.annotations, declaration.line
from declaration
join item on item.id = declaration.item_id
join source on source.id = item.source_id
join ontology on ontology.id = declaration.ontology_id
join entity on entity.id = declaration.entity_id
order by source.name, item.key, declaration.ordinal
