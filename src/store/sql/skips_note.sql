-- Notes as candidates the items of a source that are skipped for what they are and of which
-- something is stored: all, or those that the job has decided.
insert into deletion_candidate (item_id, job_id)
select item.id, :job_id from item
where item.source_id = :source_id and item.outcome = 'skipped'
    and item.skip_reason in ('no_markers', 'unsupported_format', 'too_large', 'symlink',
        'symlink_outside', 'submodule', 'not_a_file', 'name_not_utf8')
    and (:all or item.job_id = :job_id)
    and (exists (select 1 from page where page.item_id = item.id)
        or exists (select 1 from document where document.id = item.id))
on conflict (item_id) do update set job_id = excluded.job_id where job_id <> excluded.job_id
