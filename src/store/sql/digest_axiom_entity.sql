-- Lists what axioms hold and wait for, for the store's digest.
select source.name as source, item.key, axiom.id & 16777215 as ordinal, entity.iri as iri,
    null as place
from axiom_entity
join axiom on axiom.id = axiom_entity.axiom_id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
join entity on entity.id = axiom_entity.entity_id
union all
select source.name, item.key, axiom.id & 16777215, entity.iri, awaited_kind.ordinal
from awaited_kind
join axiom on axiom.id = awaited_kind.axiom_id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
join entity on entity.id = awaited_kind.entity_id
order by 1, 2, 3, 5, 4
