-- Finds entities with several labels in one language.
select subject, min(source) as source, min(key) as key, min(line) as line,
    count(*) || ' labels in one language: ' || group_concat(object, ', ') as detail
from (
    select distinct axiom.subject, axiom.object, source.name as source, item.key, axiom.line,
        substr(axiom.object, length(rtrim(axiom.object, replace(axiom.object, '"', ''))) + 1)
            as language
    from axiom
    join item on item.id = axiom.item_id
    join source on source.id = item.source_id
    where axiom.axiom_type = 'AnnotationAssertion' and axiom.property = 'rdfs:label'
)
group by subject, language
having count(distinct object) > 1
