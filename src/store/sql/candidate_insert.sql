-- Notes an item that a listing lacked.
insert into deletion_candidate (item_id, job_id) values (:item_id, :job_id)
on conflict (item_id) do update set job_id = excluded.job_id
