-- Finds labels that several entities have, at each but the first. A label without a language is
-- the same as one in any.
select subject, source, key, line, label || ' is the label of ' || first || ' too' as detail
from (
    select *, min(
        min(subject) over (partition by ontology_id, text, language),
        iif(language = '', min(subject) over same_text, coalesce(
            min(subject) filter (where language = '') over same_text, subject))) as first
    from (
        select axiom.ontology_id, axiom.subject, source.name as source, item.key, axiom.line,
            axiom.object as label, substr(axiom.object, 1, axiom.quotes) as text,
            substr(axiom.object, axiom.quotes + 1) as language
        from (
            select *, length(rtrim(object, replace(object, '"', ''))) as quotes
            from axiom
            where axiom_type = 'AnnotationAssertion' and property = 'rdfs:label'
        ) as axiom
        join item on item.id = axiom.item_id
        join source on source.id = item.source_id
    )
    window same_text as (partition by ontology_id, text)
)
where first <> subject
group by subject, label, source
