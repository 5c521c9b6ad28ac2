-- Finds a stub by its identity.
select id from class
where class_iri = :iri and +ontology_id = :ontology_id and kind = 'stub'
