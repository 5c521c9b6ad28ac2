-- Finds an entity by its IRI.
select id from entity where iri = :iri
