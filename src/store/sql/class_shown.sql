-- Gives the compact form of a class.
select class_iri from class where ontology_id = :ontology_id and id = :class_id
