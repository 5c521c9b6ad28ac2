-- Gives an entity another compact form; a no-op where it has it.
update entity set shown = :shown where id = :entity_id and shown <> :shown
