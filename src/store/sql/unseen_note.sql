-- Notes a range of a source's items as candidates, but for those that the job's attempt has
-- decided: what an earlier attempt or another job did was there then. The sign keeps SQLite from
-- walking all items of the source for each range.
insert into deletion_candidate (item_id, job_id)
select id, :job_id from item
where id > :after and id <= :up_to and +source_id = :source_id and outcome <> 'deleted'
    and (job_id <> :job_id or attempt < :attempt)
on conflict (item_id) do update set job_id = excluded.job_id
