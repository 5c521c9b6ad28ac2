-- Finds documents without what they are of, and what should have one and has none.
select 'document ' || document.id from document
left join page on page.item_id = document.id
left join item on item.id = document.id
where page.item_id is not null or item.id is null or item.outcome = 'deleted'
union all
select 'ontology of item ' || item_id from owl_document
where not exists (select 1 from document where id = owl_document.item_id and type_id = 3)
