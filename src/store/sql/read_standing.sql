-- Counts the items of a source by how they stand; those given up are left out.
select iif(dead_letter.discarded_at_ms is null, outcome, 'skipped') as standing, count(*)
from item left join dead_letter on dead_letter.item_id = item.id
where source_id = :source_id group by standing
