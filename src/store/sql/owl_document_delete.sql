-- Takes back that an item is an OWL document.
delete from owl_document where item_id = :item_id
