-- Forgets the jobs of a source that looked at nothing. No item was decided by them.
delete from job where source_id = :source_id and is_unread and id < :job_id
