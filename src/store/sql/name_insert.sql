-- Adds a name, under an id that none ever had.
insert into name (id, ontology_id, exact, folded, except_item, class_id)
values (
    1 + max((select coalesce(max(id), 0) from name),
        (select largest_id from forgotten_name where id = 1)),
    :ontology_id, :exact, :folded, :except_item, :class_id)
