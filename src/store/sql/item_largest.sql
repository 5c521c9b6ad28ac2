-- Tells the largest row of an item.
select coalesce(max(id), 0) from item
