-- Finds entities with several definitions in one language.
select subject, min(source) as source, min(key) as key, min(line) as line,
    count(*) || ' definitions in one language' as detail
from (
    select distinct axiom.subject, axiom.object, source.name as source, item.key, axiom.line,
        substr(axiom.object, length(rtrim(axiom.object, replace(axiom.object, '"', ''))) + 1)
            as language
    from axiom
    join item on item.id = axiom.item_id
    join source on source.id = item.source_id
    where axiom.axiom_type = 'AnnotationAssertion' and axiom.property in ('skos:definition',
        'http://purl.obolibrary.org/obo/IAO_0000115')
)
group by subject, language
having count(distinct object) > 1
