-- Finds a name.
select id from name
where ontology_id = :ontology_id and folded = :folded and exact = :exact
    and except_item = :except_item
