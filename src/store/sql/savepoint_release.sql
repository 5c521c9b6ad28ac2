-- Ends one item of a group.
release item
