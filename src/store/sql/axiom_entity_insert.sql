-- Notes that an axiom holds an entity.
insert into axiom_entity (axiom_id, entity_id) values (:axiom_id, :entity_id)
