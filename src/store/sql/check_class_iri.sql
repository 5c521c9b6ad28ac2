-- Tells the identity of a class.
select iri from class where id = :class_id
