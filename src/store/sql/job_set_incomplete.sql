-- Notes that a job could not list all of its source.
update job set is_incomplete = 1 where id = :job_id
