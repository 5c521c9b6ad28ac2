-- Tells the identity of a class.
select iri from class where ontology_id = :ontology_id and id = :class_id
