-- Begins one item of a group.
savepoint item
