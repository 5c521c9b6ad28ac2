-- Writes the outcome of an item together with the version that now stands for it.
insert into item (source_id, key, outcome, skip_reason, detail, job_id, attempt, sequence,
    decided_at_ms, read_epoch, read_counter, content_digest, git_sha1, size_bytes,
    parser_version, configuration_version, fingerprint, written_at_ms, saved_classes,
    saved_properties, saved_axioms, saved_nodes, saved_edges)
values (:source_id, :key, :outcome, :skip_reason, :detail, :job_id, :attempt, :sequence,
    :now_ms, :read_epoch, :read_counter, :content_digest, :git_sha1, :size_bytes,
    :parser_version, :configuration_version, :fingerprint, :now_ms, :saved_classes,
    :saved_properties, :saved_axioms, :saved_nodes, :saved_edges)
on conflict (source_id, key) do update set
    outcome = excluded.outcome, skip_reason = excluded.skip_reason, detail = excluded.detail,
    job_id = excluded.job_id, attempt = excluded.attempt, sequence = excluded.sequence,
    decided_at_ms = excluded.decided_at_ms, read_epoch = excluded.read_epoch,
    read_counter = excluded.read_counter, content_digest = excluded.content_digest,
    git_sha1 = excluded.git_sha1, size_bytes = excluded.size_bytes,
    parser_version = excluded.parser_version,
    configuration_version = excluded.configuration_version,
    fingerprint = excluded.fingerprint, written_at_ms = excluded.written_at_ms,
    saved_classes = excluded.saved_classes, saved_properties = excluded.saved_properties,
    saved_axioms = excluded.saved_axioms, saved_nodes = excluded.saved_nodes,
    saved_edges = excluded.saved_edges
