-- Lists an item's claims with the classes they claim.
select id, ontology_id, class_id from claim where item_id = :item_id order by block
