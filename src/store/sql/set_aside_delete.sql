-- Forgets the version that an earlier skip was decided on.
delete from set_aside where item_id = :item_id
