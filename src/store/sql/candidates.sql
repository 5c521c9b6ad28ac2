-- Lists a job's deletion candidates in the order of their rows; a rename's content stands under
-- another key as well. What is skipped may still be there.
select item.id, item.key, item.outcome = 'skipped' as is_skipped, exists (
        select 1 from item as other
        where other.git_sha1 = item.git_sha1 and other.content_digest = item.content_digest
            and other.source_id = item.source_id and other.id <> item.id
            and other.outcome = 'written'
            and other.id not in (select item_id from deletion_candidate)
    ) as is_renamed
from deletion_candidate join item on item.id = deletion_candidate.item_id
where deletion_candidate.item_id > :after and deletion_candidate.job_id = :job_id
order by deletion_candidate.item_id limit :limit
