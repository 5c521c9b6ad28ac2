-- Lists the level and code of every diagnostic, item by item: to be counted on the way, for
-- SQLite would first sort them all.
select item_id, level, code from diagnostic order by item_id
