-- Groups open dead letters by cause, the largest group first.
select cause_id, stage, code, cause, count(*) as items, min(first_at_ms) as first_at_ms,
    max(last_at_ms) as last_at_ms,
    (select json_group_array(key) from (select item.key from dead_letter as sample
        join item on item.id = sample.item_id
        where sample.cause_id = dead_letter.cause_id and sample.discarded_at_ms is null
        order by item.key limit 3)) as samples
from dead_letter
where discarded_at_ms is null
group by cause_id, stage, code, cause
order by items desc, cause_id
