-- Declares what one entity is.
insert into declaration (item_id, ordinal, ontology_id, entity_id, kind, annotations, line)
values (:item_id, :ordinal, :ontology_id, :entity_id, :kind, :annotations, :line)
