-- Saves how far a job is; never its state.
update job set counters = :counters, total = :total, total_is_estimate = :total_is_estimate,
    updated_at_ms = :now_ms
where id = :job_id
