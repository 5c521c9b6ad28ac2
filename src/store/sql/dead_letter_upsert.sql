-- Records a rejection; a further one of the same item keeps the time of the first.
insert into dead_letter (item_id, stage, code, message, cause, cause_id, content_digest,
    git_sha1, fingerprint, job_id, attempts, first_at_ms, last_at_ms)
values (:item_id, :stage, :code, :message, :cause, :cause_id, :content_digest, :git_sha1,
    :fingerprint, :job_id, :attempts, :now_ms, :now_ms)
on conflict (item_id) do update set stage = excluded.stage, code = excluded.code,
    message = excluded.message, cause = excluded.cause, cause_id = excluded.cause_id,
    content_digest = excluded.content_digest, git_sha1 = excluded.git_sha1,
    fingerprint = excluded.fingerprint,
    job_id = excluded.job_id, attempts = dead_letter.attempts + excluded.attempts,
    last_at_ms = excluded.last_at_ms, discarded_at_ms = null, discard_reason = null
