-- Finds checkpoints ahead of the items they speak of. One of an earlier attempt tells nothing: the
-- present one may have written some of those items again. Nor does one of another job than the
-- last that did something.
select job.uid from checkpoint join job on job.id = checkpoint.job_id
where checkpoint.watermark <> checkpoint.unchanged + checkpoint.still_skipped
    + checkpoint.still_rejected + checkpoint.done_before + (
        select count(*) from item
        where item.job_id = checkpoint.job_id and item.attempt = checkpoint.attempt
            and item.sequence < checkpoint.watermark and item.outcome <> 'deleted')
    and job.id = (select id from job order by updated_at_ms desc, id desc limit 1)
    and checkpoint.attempt = job.attempt
