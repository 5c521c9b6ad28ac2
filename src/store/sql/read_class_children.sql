-- Lists the classes that state one as their parent.
select child.class_iri, coalesce(shown.label, child.label) as label, name.exact as stated_as,
    reference.predicate, reference.qualifier, item.key, reference.line, 0 as is_stub
from class
join ontology on ontology.id = class.ontology_id
join name on name.ontology_id = class.ontology_id and name.class_id = class.id
join reference on reference.name_id = name.id and reference.predicate = 'is-subclass-of'
join claim on claim.id = reference.claim_id
join item on item.id = claim.item_id
join class as child on child.ontology_id = claim.ontology_id and child.id = claim.class_id
left join claim as shown
    on shown.ontology_id = child.ontology_id and shown.class_id = child.id and shown.is_shown
where class.iri = :iri and ontology.name = :ontology
order by item.key, reference.line
