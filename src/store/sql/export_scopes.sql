-- Counts the items of a source that speak of anonymous individuals, up to two.
select count(*) from (
    select distinct axiom.item_id
    from axiom join item on item.id = axiom.item_id
    where item.source_id = :source_id and instr(axiom.subject || coalesce(axiom.object, '')
        || coalesce(axiom.annotations, ''), '_:') > 0
    limit 2)
