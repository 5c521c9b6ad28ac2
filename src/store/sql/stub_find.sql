-- Finds a stub by its identity, which its compact form leads to.
select id from class
where class_iri = :class_iri and +ontology_id = :ontology_id and kind = 'stub' and iri = :iri
