-- Finds classes by IRI in either form, by label, or by any name that means or supplies them.
select owl_classes.ontology_id, owl_classes.class_iri, owl_classes.iri, owl_classes.label,
    owl_classes.comment, owl_classes.source_file, owl_classes.is_stub
from owl_classes
join ontology on ontology.name = owl_classes.ontology_id
join class on class.ontology_id = ontology.id and class.iri = owl_classes.iri
where (class.ontology_id, class.id) in (
    select ontology_id, id from class where class_iri = :name or iri = :name
    union select ontology_id, class_id from name
        where ontology_id in (select id from ontology) and folded = :folded and exact = :exact
            and class_id is not null
    union select claim.ontology_id, claim.class_id from claim where claim.label = :name
    union select claim.ontology_id, claim.class_id from name
        join supplied_name on supplied_name.name_id = name.id
        join claim on claim.id = supplied_name.claim_id
        where name.ontology_id in (select id from ontology) and name.folded = :folded
            and (name.exact = :exact or :folded <> ''))
order by owl_classes.ontology_id, owl_classes.class_iri
