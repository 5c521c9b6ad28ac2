-- Starts a new epoch; transactions of the old one fail from here on.
update lease
set epoch = epoch + 1, holder = :holder, taken_at_ms = :now_ms, expires_at_ms = :expires_at_ms,
    is_locked = :is_locked
where id = 1
returning epoch
