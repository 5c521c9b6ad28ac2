-- Tells who holds the lease and until when.
select holder, epoch, taken_at_ms, expires_at_ms, is_locked from lease where id = 1
