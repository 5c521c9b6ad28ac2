-- Finds names without any use, and ones whose meaning does not follow their references.
select name.exact from name
where (name.class_id is not null)
        <> exists (select 1 from reference where reference.name_id = name.id)
    or not (
        exists (select 1 from reference where reference.name_id = name.id)
        or exists (select 1 from supplied_name where supplied_name.name_id = name.id)
        or exists (select 1 from graph_link where graph_link.name_id = name.id)
        or exists (select 1 from page where page.name_id = name.id))
