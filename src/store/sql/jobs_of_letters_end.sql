-- Ends what jobs_of_letters began.
drop index if exists dead_letter_by_job
