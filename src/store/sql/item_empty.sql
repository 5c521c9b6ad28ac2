-- Leaves an item without statements, in the version that it is skipped in. Where and when that was
-- decided stays as it is.
update item set skip_reason = :skip_reason, detail = :detail,
    content_digest = :content_digest, git_sha1 = :git_sha1, size_bytes = :size_bytes,
    parser_version = :parser_version, configuration_version = :configuration_version,
    fingerprint = :fingerprint, written_at_ms = null, saved_classes = 0, saved_properties = 0,
    saved_axioms = 0, saved_nodes = 0, saved_edges = 0
where id = :item_id
