-- Finds a class by its identity.
select id from class where ontology_id = :ontology_id and iri = :iri
