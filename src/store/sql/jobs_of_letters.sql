-- Makes dead letters known by their job, for as long as jobs are forgotten.
create index if not exists dead_letter_by_job on dead_letter (job_id)
