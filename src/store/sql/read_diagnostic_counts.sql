-- Counts diagnostics by level and code, the most frequent first.
select level, code, count(*) as findings, count(distinct item_id) as items
from diagnostic group by code, level order by level, findings desc, code
