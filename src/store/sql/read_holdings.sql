-- Counts what the items of one source state, row by row: nothing of it is merged yet.
select
    (select count(*) from claim join item on item.id = claim.item_id
        where item.source_id = :source_id) as claims,
    (select count(*) from item join claim on claim.item_id = item.id
        join reference on reference.claim_id = claim.id
        where item.source_id = :source_id) as "references",
    (select count(*) from property_claim join item on item.id = property_claim.item_id
        where item.source_id = :source_id) as properties,
    (select count(*) from axiom join item on item.id = axiom.item_id
        where item.source_id = :source_id) as axioms,
    (select count(*) from page join item on item.id = page.item_id
        where item.source_id = :source_id and page.is_graph) as nodes,
    (select coalesce(sum(graph_link.count), 0) from graph_link
        join item on item.id = graph_link.item_id
        where item.source_id = :source_id) as links
