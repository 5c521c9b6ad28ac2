-- Gives a class another compact form; a no-op where it has it.
update class set class_iri = :class_iri
where ontology_id = :ontology_id and id = :class_id and kind = 'ordinary'
    and class_iri <> :class_iri
