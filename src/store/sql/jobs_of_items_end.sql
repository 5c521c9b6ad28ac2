-- Ends what jobs_of_items began.
drop index if exists item_by_job
