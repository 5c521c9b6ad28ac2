-- Leaves nothing of a transaction.
rollback
