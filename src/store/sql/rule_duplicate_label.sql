-- Finds labels that several entities of one kind have, at each but the first.
select subject, source, key, line, label || ' is the label of ' || first || ' too' as detail
from (
    select axiom.subject, source.name as source, item.key, axiom.line, axiom.object as label,
        first_value(axiom.subject) over same as first, row_number() over same as place
    from axiom
    join item on item.id = axiom.item_id
    join source on source.id = item.source_id
    where axiom.axiom_type = 'AnnotationAssertion' and axiom.property = 'rdfs:label'
    window same as (partition by axiom.ontology_id, axiom.object order by axiom.subject, item.key)
)
where first <> subject
group by subject, label
