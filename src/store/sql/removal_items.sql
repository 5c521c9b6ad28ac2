-- Lists items of a source that are to be removed, in the order of their rows.
select id from item where source_id = :source_id and outcome <> 'deleted' order by id limit :limit
