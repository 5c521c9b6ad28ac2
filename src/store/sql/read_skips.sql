-- Counts skipped items by reason.
select skip_reason, count(*) from item
where outcome = 'skipped' and (:source_id is null or source_id = :source_id)
group by skip_reason order by count(*) desc, skip_reason
