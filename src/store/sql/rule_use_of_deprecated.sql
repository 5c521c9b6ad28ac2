-- Finds axioms that speak of what is deprecated, each user once.
with deprecated (shown) as (
    select distinct subject from axiom
    where axiom_type = 'AnnotationAssertion' and property = 'owl:deprecated'
        and object like '"true"%'
)
select axiom.subject, source.name as source, item.key, min(axiom.line) as line,
    'uses ' || deprecated.shown || ', which is deprecated' as detail
from deprecated
join axiom on axiom.object = deprecated.shown
    or axiom.id in (
        select axiom_entity.axiom_id from axiom_entity
        join entity on entity.id = axiom_entity.entity_id
        where entity.shown = deprecated.shown)
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.subject <> deprecated.shown and axiom.axiom_type not like 'Annotation%'
group by deprecated.shown, axiom.subject, axiom.item_id
