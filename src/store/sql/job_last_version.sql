-- Tells the version to which the newest sync of a source brought the store, if that was for the
-- same and whole, and nothing is left that another look at the same version could mend. A later
-- retry that read another version leaves items of that. The few candidates and dead letters lead to
-- their items, and not the many items to them.
select source_version from job
where source_id = :source_id and state in ('completed', 'completed_with_errors')
    and not is_incomplete
    and id = (select max(id) from job where source_id = :source_id and kind = 'sync')
    and parser_version = :parser_version and configuration_version = :configuration_version
    and json_remove(options, '$.force') = json_remove(:options, '$.force')
    and not exists (select 1 from job as later
        where later.source_id = job.source_id and later.id > job.id
            and later.source_version is not job.source_version)
    and not exists (select 1 from item
        where item.source_id = :source_id and outcome = 'skipped'
            and skip_reason in ('unreadable', 'unstable', 'vanished', 'timed_out'))
    and not exists (select 1 from deletion_candidate cross join item on item.id = item_id
        where item.source_id = :source_id)
    and not exists (select 1 from dead_letter cross join item on item.id = item_id
        where item.source_id = :source_id and stage <> 'parse' and discarded_at_ms is null)
