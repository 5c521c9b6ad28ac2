-- Forgets what earlier listings of a source lacked.
delete from deletion_candidate
where item_id in (select id from item where source_id = :source_id)
