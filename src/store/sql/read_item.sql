-- Tells all that is known of an item.
select item.id, source.name as source, source.settings, source.kind, item.key, item.outcome,
    item.skip_reason, item.detail, job.uid as job, item.attempt, item.sequence,
    item.decided_at_ms, item.content_digest, item.git_sha1, item.size_bytes,
    item.parser_version, item.configuration_version, item.fingerprint, item.written_at_ms,
    dead_letter.stage, dead_letter.code, dead_letter.message, dead_letter.attempts,
    dead_letter.cause_id, dead_letter.first_at_ms, dead_letter.last_at_ms,
    dead_letter.discard_reason, dead_letter.fingerprint as rejected_fingerprint,
    exists (select 1 from deletion_candidate where item_id = item.id) as is_candidate,
    (select count(*) from claim where item_id = item.id) as claims,
    (select count(*) from claim join supplied_name on claim_id = claim.id
        where item_id = item.id) as names,
    (select count(*) from claim join reference on claim_id = claim.id
        where item_id = item.id) as "references",
    (select coalesce(sum(link_count), 0) from page where item_id = item.id) as wikilinks,
    (select count(*) from property_claim where item_id = item.id) as properties,
    (select coalesce(sum(json_array_length(fences)), 0) from page where item_id = item.id)
        as fences,
    (select count(*) from declaration where item_id = item.id) as declarations,
    (select count(*) from axiom where id between item.id << 24 and ((item.id + 1) << 24) - 1
        and axiom_type is not null) as axioms,
    (select count(*) from axiom where id between item.id << 24 and ((item.id + 1) << 24) - 1
        and axiom_type is null) as untyped,
    (select count(*) from owl_import where item_id = item.id) as imports
from item
join source on source.id = item.source_id
join job on job.id = item.job_id
left join dead_letter on dead_letter.item_id = item.id
where item.key = :key and (:source is null or source.name = :source)
order by source.name
