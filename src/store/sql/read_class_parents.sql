-- Lists the parents of a class and where each is stated.
select parent.class_iri, coalesce(shown.label, class_label.label) as label, name.exact as stated_as,
    reference.predicate, reference.qualifier, item.key, reference.line,
    parent.kind = 'stub' as is_stub
from class
join ontology on ontology.id = class.ontology_id
join claim on claim.ontology_id = class.ontology_id and claim.class_id = class.id
join item on item.id = claim.item_id
join reference on reference.claim_id = claim.id
join name on name.id = reference.name_id
join class as parent on parent.ontology_id = name.ontology_id and parent.id = name.class_id
join class_label
    on class_label.ontology_id = parent.ontology_id and class_label.class_id = parent.id
left join claim as shown
    on shown.ontology_id = parent.ontology_id and shown.class_id = parent.id and shown.is_shown
where class.iri = :iri and ontology.name = :ontology
order by reference.predicate <> 'is-subclass-of', reference.predicate, item.key, reference.line
