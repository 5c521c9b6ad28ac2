-- Finds axioms that speak of what is deprecated, each user once.
with deprecated (shown, entity_id) as (
    select distinct axiom.subject, entity.id
    from axiom left join entity on entity.shown = axiom.subject
    where axiom_type = 'AnnotationAssertion' and property = 'owl:deprecated'
        and object like '"true"%'
)
select axiom.subject, source.name as source, item.key, min(axiom.line) as line,
    'uses ' || deprecated.shown || ', which is deprecated' as detail
from deprecated
join axiom on axiom.object = deprecated.shown
    or axiom.id in (
        select axiom_entity.axiom_id from axiom_entity
        where axiom_entity.entity_id = deprecated.entity_id)
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.subject <> deprecated.shown and axiom.axiom_type not like 'Annotation%'
group by deprecated.shown, axiom.subject, axiom.item_id
