-- Notes that an axiom waits for the kind of a property.
insert into awaited_kind (axiom_id, ordinal, entity_id) values (:axiom_id, :ordinal, :entity_id)
