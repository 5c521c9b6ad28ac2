-- Reads a job's checkpoint.
select attempt, watermark, cursor, unchanged, still_skipped, still_rejected, done_before,
    counters
from checkpoint where job_id = :job_id
