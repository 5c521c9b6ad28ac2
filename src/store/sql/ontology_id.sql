-- Finds a scope by its name.
select id from ontology where name = :name
