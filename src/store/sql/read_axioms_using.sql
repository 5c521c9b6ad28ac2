-- Lists the axioms and statements that speak of an entity and are not about it.
select coalesce(axiom.axiom_type, open_axiom.axiom_type, '?') as axiom_type, axiom.subject,
    axiom.property, axiom.object, axiom.annotations, axiom.named,
    axiom.axiom_type is null as is_untyped, source.name as source, item.key, axiom.line, axiom.id
from axiom
left join open_axiom on open_axiom.axiom_id = axiom.id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.object = :shown
    or axiom.id in (
        select axiom_entity.axiom_id from axiom_entity
        join entity on entity.id = axiom_entity.entity_id
        where entity.iri = :iri)
order by axiom.axiom_type is null, 1, item.key, axiom.id
limit :limit
