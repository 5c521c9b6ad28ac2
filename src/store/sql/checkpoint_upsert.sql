-- Writes how far a job is finished without a gap.
insert into checkpoint (job_id, attempt, watermark, cursor, unchanged, still_skipped,
    still_rejected, done_before, counters, written_at_ms)
values (:job_id, :attempt, :watermark, :cursor, :unchanged, :still_skipped, :still_rejected,
    :done_before, :counters, :now_ms)
on conflict (job_id) do update set attempt = excluded.attempt, watermark = excluded.watermark,
    cursor = excluded.cursor, unchanged = excluded.unchanged,
    still_skipped = excluded.still_skipped, still_rejected = excluded.still_rejected,
    done_before = excluded.done_before, counters = excluded.counters,
    written_at_ms = excluded.written_at_ms
