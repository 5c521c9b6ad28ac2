-- Finds classes that show another claim than that of the smallest (path, block).
select class.iri from class
where class.claim_id is not (
    select claim.id
    from claim
    join item on item.id = claim.item_id
    join source on source.id = item.source_id
    where claim.ontology_id = class.ontology_id and claim.class_id = class.id
    order by item.key, source.name, claim.block
    limit 1)
