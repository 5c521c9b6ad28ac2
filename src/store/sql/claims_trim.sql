-- Removes an item's claims from one block on, with the names they supply and what they state.
delete from claim where item_id = :item_id and block >= :block
