-- Tells a job's state.
select uid, state from job where id = :job_id
