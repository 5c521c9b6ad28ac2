-- Finds documents without what they are of, and what should have one and has none.
select 'document ' || document.id from document
left join page on page.item_id = document.id
left join claim on claim.id = -document.id
left join item on item.id = document.id
where (document.type_id = 1 and page.item_id is null)
    or (document.type_id = 2 and (claim.id is null or claim.is_mention))
    or (document.type_id > 2 and (item.id is null or item.outcome = 'deleted'))
union all
select 'page of item ' || item_id from page
where not exists (select 1 from document where document.id = page.item_id)
union all
select 'claim ' || id from claim
where not is_mention
    and not exists (select 1 from document where document.id = -claim.id)
union all
select 'ontology of item ' || item_id from owl_document
where not exists (select 1 from document where id = owl_document.item_id and type_id = 3)
