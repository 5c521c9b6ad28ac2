-- Lists the classes that an item claims and whether each shows this claim.
select owl_classes.ontology_id, owl_classes.class_iri, owl_classes.iri, owl_classes.label,
    owl_classes.comment, owl_classes.source_file, owl_classes.is_stub,
    claim.is_shown
from claim
join class on class.ontology_id = claim.ontology_id and class.id = claim.class_id
join ontology on ontology.id = class.ontology_id
join owl_classes on owl_classes.ontology_id = ontology.name and owl_classes.iri = class.iri
where claim.item_id = :item_id order by claim.block
