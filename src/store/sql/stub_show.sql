-- Gives a stub that has an IRI of its own another compact form.
update class set class_iri = :class_iri, label = :class_iri
where ontology_id = :ontology_id and id = :class_id
