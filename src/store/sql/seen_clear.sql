-- Forgets what a source's jobs have seen.
delete from seen where job_id in (select id from job where source_id = :source_id)
