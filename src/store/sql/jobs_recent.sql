-- Lists the newest jobs.
select job.id, job.uid, source.name as source, job.kind, job.state, job.attempt,
    job.source_version, job.created_at_ms, job.started_at_ms, job.completed_at_ms,
    job.updated_at_ms, job.total, job.total_is_estimate, job.counters, job.reason,
    job.error_code, job.error_message
from job join source on source.id = job.source_id
order by job.id desc limit :limit
