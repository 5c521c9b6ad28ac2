-- Finds what documents declare without a label anywhere, where a source declares it first.
select shown as subject, source, key, line, kind || ' without a label' as detail
from (
    select entity.shown, source.name as source, item.key, declaration.line, declaration.kind,
        row_number() over (
            partition by entity.id, item.source_id order by item.key, declaration.ordinal
        ) as place
    from declaration
    join entity on entity.id = declaration.entity_id
    join item on item.id = declaration.item_id
    join source on source.id = item.source_id
    join owl_document on owl_document.item_id = item.id
    where declaration.kind <> 'NamedIndividual'
        and not exists (
            select 1 from axiom
            where axiom.subject = entity.shown and axiom.axiom_type = 'AnnotationAssertion'
                and axiom.property in ('rdfs:label', 'skos:prefLabel'))
)
where place = 1
