-- Tells whether anything at all uses a name.
select exists (select 1 from reference where name_id = :name_id)
    or exists (select 1 from supplied_name where name_id = :name_id)
    or exists (select 1 from graph_link where name_id = :name_id)
    or exists (select 1 from page where name_id = :name_id)
