-- Writes the outcome of an item and leaves the version that stands for it alone.
insert into item (source_id, key, outcome, skip_reason, detail, job_id, attempt, sequence,
    decided_at_ms, read_epoch, read_counter)
values (:source_id, :key, :outcome, :skip_reason, :detail, :job_id, :attempt, :sequence,
    :now_ms, :read_epoch, :read_counter)
on conflict (source_id, key) do update set
    outcome = excluded.outcome, skip_reason = excluded.skip_reason, detail = excluded.detail,
    job_id = excluded.job_id, attempt = excluded.attempt, sequence = excluded.sequence,
    decided_at_ms = excluded.decided_at_ms, read_epoch = excluded.read_epoch,
    read_counter = excluded.read_counter
