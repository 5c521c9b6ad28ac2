-- Finds entities that OWL documents speak of and nobody declares, where a source uses each first.
-- A property that statements wait for is told with these statements.
with used (shown, axiom_id) as (
    select object, id from axiom
    where named & 4 and axiom_type is not null and axiom_type not like 'Annotation%'
    union all
    select entity.shown, axiom_entity.axiom_id
    from axiom_entity
    join entity on entity.id = axiom_entity.entity_id
    where not exists (
        select 1 from awaited_kind
        where awaited_kind.axiom_id = axiom_entity.axiom_id
            and awaited_kind.entity_id = axiom_entity.entity_id)
)
select shown as subject, source, key, line,
    'used in ' || coalesce(axiom_type, 'a statement without a type') || ' and nowhere declared'
        as detail
from (
    select used.shown, source.name as source, item.key, axiom.line, axiom.axiom_type,
        row_number() over (
            partition by used.shown, item.source_id order by item.key, axiom.line, axiom.id
        ) as place
    from used
    join axiom on axiom.id = used.axiom_id
    join owl_document on owl_document.item_id = axiom.item_id
    join item on item.id = axiom.item_id
    join source on source.id = item.source_id
    where used.shown not in (
            select entity.shown from declaration join entity on entity.id = declaration.entity_id)
        and used.shown not in (select class_iri from claim where not is_mention)
        and used.shown not in (select property_iri from property_claim)
)
where place = 1
