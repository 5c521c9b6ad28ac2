-- Gives the id for another class of a scope.
select 1 + coalesce(max(id), 0) from class where ontology_id = :ontology_id
