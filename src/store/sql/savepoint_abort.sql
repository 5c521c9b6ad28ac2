-- Takes back what one item of a group has written.
rollback to item
