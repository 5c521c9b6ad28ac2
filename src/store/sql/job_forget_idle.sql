-- Forgets a job that decided nothing, unless something still names it.
delete from job where id = :job_id
    and not exists (select 1 from item where item.job_id = job.id)
    and not exists (select 1 from dead_letter where dead_letter.job_id = job.id)
    and not exists (select 1 from deletion_candidate where deletion_candidate.job_id = job.id)
