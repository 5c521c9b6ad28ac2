-- Takes back the OWL properties that an item declares.
delete from property_claim where item_id = :item_id
