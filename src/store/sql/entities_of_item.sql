-- Lists the entities that an item's declarations and axioms speak of; some twice.
select entity_id from declaration where item_id = :item_id
union all
select distinct entity_id from axiom_entity where axiom_id between :first and :last
union all
select distinct entity_id from awaited_kind where axiom_id between :first and :last
