-- Jobs that ended and decided nothing, but for the last of each source.
select job.id from job join checkpoint on checkpoint.job_id = job.id
where job.state in ('completed', 'completed_with_errors') and job.kind = 'sync'
    and checkpoint.attempt = job.attempt
    and checkpoint.watermark = checkpoint.unchanged + checkpoint.still_skipped
        + checkpoint.still_rejected
    and not coalesce(job.counters ->> 'deleted', 0)
    and job.id < (select max(later.id) from job as later
        where later.source_id = job.source_id and later.kind = 'sync')
