-- Forgets a source.
delete from source where id = :source_id
