-- Counts the items of a source by how they stand.
select outcome, count(*) from item where source_id = :source_id group by outcome
