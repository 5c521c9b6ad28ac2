-- Adds a name.
insert into name (ontology_id, exact, folded, except_item)
values (:ontology_id, :exact, :folded, :except_item)
