-- Writes one block's claim; its id stays, whatever else changes.
insert into claim (item_id, block, ontology_id, class_id, class_iri, label, comment, line,
    properties)
values (:item_id, :block, :ontology_id, :class_id, :class_iri, :label, :comment, :line,
    :properties)
on conflict (item_id, block) do update set ontology_id = excluded.ontology_id,
    class_id = excluded.class_id, class_iri = excluded.class_iri, label = excluded.label,
    comment = excluded.comment, line = excluded.line, properties = excluded.properties
