-- Notes that a job has nothing to look at.
update job set is_unread = 1 where id = :job_id
