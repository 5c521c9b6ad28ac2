-- Prolongs a lease that is still ours.
update lease set expires_at_ms = :expires_at_ms where id = 1 and epoch = :epoch
