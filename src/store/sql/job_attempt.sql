-- Begins a further attempt of a job.
update job set attempt = attempt + 1, is_unread = 0 where id = :job_id returning attempt
