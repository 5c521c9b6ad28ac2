-- Finds a class that is no stub by its identity.
select id from class where ontology_id = :ontology_id and iri = :iri and kind <> 'stub'
