-- Counts the items of a source that the store holds, no further than is asked.
select count(*) from (
    select 1 from item where source_id = :source_id and outcome <> 'deleted' limit :up_to
)
