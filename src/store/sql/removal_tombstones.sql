-- Forgets a source's tombstones.
delete from item where source_id = :source_id
