-- Makes items known by their job, for as long as jobs are forgotten: without it SQLite walks all
-- items for each job, and kept for good it would cost a page of log an item.
create index if not exists item_by_job on item (job_id)
