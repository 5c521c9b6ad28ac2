-- Lists what prefixes stand for in one ontology.
select name, namespace from prefix where ontology_id = :ontology_id order by name
