-- Takes an item off the list of candidates.
delete from deletion_candidate where item_id = :item_id
