-- Adds a name.
insert into name (ontology_id, exact, folded, except_item, class_id)
values (:ontology_id, :exact, :folded, :except_item, :class_id)
