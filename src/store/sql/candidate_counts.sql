-- Counts a job's deletion candidates, and those among them that no rename explains.
select count(*) as candidates, coalesce(sum(not exists (
        select 1 from item as other
        where other.git_sha1 = item.git_sha1 and other.content_digest = item.content_digest
            and other.source_id = item.source_id and other.id <> item.id
            and other.outcome = 'written'
            and other.id not in (select item_id from deletion_candidate)
    )), 0) as unexplained
from deletion_candidate join item on item.id = deletion_candidate.item_id
where deletion_candidate.job_id = :job_id
