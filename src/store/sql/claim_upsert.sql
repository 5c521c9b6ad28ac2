-- Writes one block's claim; its id stays, whatever else changes, and while it claims the same
-- class also whether it is shown.
insert into claim (id, item_id, block, ontology_id, class_id, class_iri, label, comment,
    other_labels, line, is_mention, is_shown, properties)
values (coalesce((select max(id) from claim), 1 << 30) + 1, :item_id, :block, :ontology_id,
    :class_id, :class_iri, :label, :comment, :other_labels, :line, :is_mention, :is_shown,
    :properties)
on conflict (item_id, block) do update set
    is_shown = iif(
        claim.ontology_id = excluded.ontology_id and claim.class_id = excluded.class_id,
        claim.is_shown, excluded.is_shown),
    ontology_id = excluded.ontology_id, class_id = excluded.class_id,
    class_iri = excluded.class_iri, label = excluded.label, comment = excluded.comment,
    other_labels = excluded.other_labels, line = excluded.line, is_mention = excluded.is_mention,
    properties = excluded.properties
