-- Lists the properties whose kinds an axiom waits for, in the order of its '?'.
select entity_id from awaited_kind where axiom_id = :axiom_id order by ordinal
