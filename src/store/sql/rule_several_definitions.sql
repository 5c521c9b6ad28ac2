-- Finds entities with several definitions in one language, where the first file states one.
select subject, source, min(key) as key, line, count(*) || ' definitions in one language' as detail
from (
    select axiom.subject, axiom.object, source.name as source, min(item.key) as key, axiom.line,
        substr(axiom.object, length(rtrim(axiom.object, replace(axiom.object, '"', ''))) + 1)
            as language
    from axiom
    join item on item.id = axiom.item_id
    join source on source.id = item.source_id
    where axiom.axiom_type = 'AnnotationAssertion' and axiom.property in ('skos:definition',
        'http://purl.obolibrary.org/obo/IAO_0000115')
    group by axiom.subject, axiom.object
)
group by subject, language
having count(*) > 1
