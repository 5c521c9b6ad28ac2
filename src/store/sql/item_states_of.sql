-- Lists what the store knows of given keys.
select item.id, item.key, item.outcome, item.skip_reason, item.job_id, item.content_digest,
    item.git_sha1, item.fingerprint, dead_letter.fingerprint as rejected_fingerprint,
    dead_letter.git_sha1 as rejected_git_sha1, dead_letter.content_digest as rejected_digest,
    dead_letter.discarded_at_ms is not null as is_discarded,
    item.saved_classes, item.saved_properties, item.saved_axioms, item.saved_nodes,
    item.saved_edges
from item
left join dead_letter
    on dead_letter.item_id = case item.outcome when 'rejected' then item.id end
where item.source_id = :source_id and item.key = :key and item.outcome <> 'deleted'
