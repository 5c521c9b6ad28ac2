-- Finds axioms that speak of what is deprecated, each user once a source.
with deprecated (shown) as (
    select distinct subject from axiom
    where axiom_type = 'AnnotationAssertion' and property = 'owl:deprecated'
        and object like '"true"%'
),
used (shown, axiom_id) as (
    select deprecated.shown, axiom.id
    from deprecated
    join axiom on axiom.object = deprecated.shown and axiom.named & 4
    union
    select deprecated.shown, axiom_entity.axiom_id
    from deprecated
    join entity on entity.shown = deprecated.shown
    join axiom_entity on axiom_entity.entity_id = entity.id
)
select axiom.subject, source.name as source, min(item.key) as key, axiom.line,
    'uses ' || used.shown || ', which is deprecated' as detail
from used
join axiom on axiom.id = used.axiom_id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.subject <> used.shown and axiom.axiom_type not like 'Annotation%'
group by used.shown, axiom.subject, item.source_id
