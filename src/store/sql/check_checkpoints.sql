-- Finds checkpoints ahead of the items they speak of. One of an earlier attempt tells nothing: the
-- present one may have written some of those items again. Nor does one of another job than the
-- last, or of the last if an older one has gone on since.
select job.uid from checkpoint join job on job.id = checkpoint.job_id
where checkpoint.watermark <> checkpoint.unchanged + checkpoint.still_skipped
    + checkpoint.still_rejected + checkpoint.done_before + (
        select count(*) from item
        where item.job_id = checkpoint.job_id and item.attempt = checkpoint.attempt
            and item.sequence < checkpoint.watermark and item.outcome <> 'deleted')
    and job.id = (select max(id) from job) and checkpoint.attempt = job.attempt
    and not exists (select 1 from job as other
        where other.id <> job.id and other.updated_at_ms > job.created_at_ms)
