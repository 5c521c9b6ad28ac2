-- Keeps the version that a skip was decided on, beside the one that is stored.
insert into set_aside (item_id, content_digest, git_sha1, fingerprint, timeouts)
values (:item_id, :content_digest, :git_sha1, :fingerprint, :timeouts)
on conflict (item_id) do update set content_digest = excluded.content_digest,
    git_sha1 = excluded.git_sha1, fingerprint = excluded.fingerprint,
    timeouts = excluded.timeouts
