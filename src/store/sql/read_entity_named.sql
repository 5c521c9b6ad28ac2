-- Lists what a name may mean: an IRI in either form, what stands behind the last separator of one,
-- or a label in any language.
with label (quoted) as (
    values ('"' || replace(replace(:name, '\', '\\'), '"', '\"') || '"')
)
select shown from entity
where iri = :name or shown = :name
    or substr(iri, -length(:name)) = :name
        and substr(iri, -length(:name) - 1, 1) in ('#', '/', ':')
union
select class_iri from owl_classes where iri = :name or class_iri = :name or label = :name
union
select property_iri from property_claim
where iri = :name or property_iri = :name or label = :name
union
select subject from axiom where subject = :name
union
select axiom.subject
from label
join axiom on axiom.property = 'rdfs:label' and axiom.axiom_type = 'AnnotationAssertion'
    and substr(axiom.object, 1, length(label.quoted)) = label.quoted
    and substr(axiom.object, length(label.quoted) + 1, 1) in ('', '@', '^')
limit 20
