-- Gives a class the compact form that its shown claim has; a no-op where it has it.
update class
set class_iri = claim.class_iri
from claim
where class.ontology_id = :ontology_id and class.id = :class_id and class.kind = 'ordinary'
    and claim.ontology_id = :ontology_id and claim.class_id = :class_id and claim.is_shown
    and claim.class_iri <> class.class_iri
