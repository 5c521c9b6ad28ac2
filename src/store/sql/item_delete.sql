-- Turns an item into its tombstone.
update item set outcome = 'deleted', skip_reason = null, detail = null, job_id = :job_id,
    decided_at_ms = :now_ms, content_digest = null, git_sha1 = null, size_bytes = null,
    parser_version = null, configuration_version = null, fingerprint = null,
    written_at_ms = null, saved_classes = 0, saved_properties = 0, saved_axioms = 0,
    saved_nodes = 0, saved_edges = 0
where id = :item_id
