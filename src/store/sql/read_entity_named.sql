-- Lists what a name may mean: an IRI in either form, the IRI behind the last separator, or a
-- label.
select shown from entity where iri = :name or shown = :name
union
select class_iri from owl_classes where iri = :name or class_iri = :name or label = :name
union
select property_iri from property_claim
where iri = :name or property_iri = :name or label = :name
union
select subject from axiom where subject = :name
limit 20
