-- Lists every restriction, for the store's digest.
select source.name as source, item.key, axiom.id & 16777215, restriction.ordinal,
    restriction.subject, restriction.property, restriction.quantifier, restriction.cardinality,
    restriction.filler
from restriction
join axiom on axiom.id = restriction.axiom_id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
order by source.name, item.key, axiom.id, restriction.ordinal
