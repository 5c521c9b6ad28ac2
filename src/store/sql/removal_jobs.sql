-- Forgets a source's jobs.
delete from job where source_id = :source_id
