-- Remembers a range of items that a job has seen.
insert into seen (job_id, first_item, last_item) values (:job_id, :first_item, :last_item)
on conflict (job_id, first_item) do update set last_item = max(last_item, excluded.last_item)
