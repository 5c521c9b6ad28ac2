-- Forgets what earlier listings of a source lacked.
delete from deletion_candidate
where exists (select 1 from item where id = item_id and source_id = :source_id)
