-- Gives an axiom its type, or takes it; a no-op where nothing changes.
update axiom set axiom_type = :axiom_type, subject = :subject, object = :object
where id = :id and (axiom_type is not :axiom_type or subject <> :subject
    or object is not :object)
