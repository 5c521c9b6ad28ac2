-- Lists the claims that answer a name, the one it means first: exact forms first, then the
-- smallest (rank, path, block). A limit would have SQLite make a table to sort in.
select claim.class_id
from name
join supplied_name on supplied_name.name_id = name.id
join claim on claim.id = supplied_name.claim_id
join item on item.id = claim.item_id
join source on source.id = item.source_id
where name.ontology_id = :ontology_id and name.folded = :folded
    and (:folded <> '' or name.exact = :exact) and name.except_item = 0
    and (claim.item_id <> :except_item
        or (name.exact = :exact and supplied_name.rank <= :last_strong_rank))
order by name.exact <> :exact, supplied_name.rank, item.key, source.name, claim.block
