-- Tells in how many jobs in a row this version of an item took too long; all of them where that is
-- what it was rejected for.
select timeouts from set_aside where item_id = :item_id and fingerprint = :fingerprint
union all
select :given_up from dead_letter
where item_id = :item_id and fingerprint = :fingerprint and code = 'timed_out'
limit 1
