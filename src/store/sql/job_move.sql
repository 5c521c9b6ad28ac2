-- Moves a job from the state it is in to the next; a no-op if it is in another.
update job set state = :to, updated_at_ms = :now_ms,
    started_at_ms = coalesce(started_at_ms, iif(:to = 'running', :now_ms, null)),
    completed_at_ms = iif(:ends, :now_ms, null),
    reason = :reason, error_code = :error_code, error_message = :error_message
where id = :job_id and state = :from
