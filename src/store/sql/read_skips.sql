-- Counts skipped items by reason, and those among them of which something is stored.
select skip_reason, count(*), sum(exists (select 1 from page where page.item_id = item.id)
        or exists (select 1 from document where document.id = item.id))
from item
where outcome = 'skipped' and (:source_id is null or source_id = :source_id)
group by skip_reason order by count(*) desc, skip_reason
