-- Finds labels with white space at an end, in a row, or with line breaks.
select axiom.subject, source.name as source, item.key, axiom.line,
    'the label ' || axiom.object || ' has white space that nobody sees' as detail
from axiom
join item on item.id = axiom.item_id
join source on source.id = item.source_id
where axiom.axiom_type = 'AnnotationAssertion' and axiom.property in ('rdfs:label', 'skos:prefLabel')
    and (axiom.object like '" %' or axiom.object like '% "%' or axiom.object like '%  %'
        or instr(axiom.object, char(10)) > 0 or instr(axiom.object, char(9)) > 0)
