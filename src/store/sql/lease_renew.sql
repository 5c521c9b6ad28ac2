-- Gives a lease another end, if it is still ours.
update lease set expires_at_ms = :expires_at_ms, is_locked = :is_locked
where id = 1 and epoch = :epoch
