-- Forgets what prefixes stand for in one ontology.
delete from prefix where ontology_id = :ontology_id
