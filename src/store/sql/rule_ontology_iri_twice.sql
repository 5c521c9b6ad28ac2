-- Finds documents that say they are the ontology that another one is.
select document.iri as subject, source.name as source, item.key, 0 as line,
    'the ontology of ' || (
        select first.key from owl_document as other join item as first on first.id = other.item_id
        where other.iri = document.iri order by first.key limit 1
    ) || ' too' as detail
from owl_document as document
join item on item.id = document.item_id
join source on source.id = item.source_id
where exists (
    select 1 from owl_document as other join item as earlier on earlier.id = other.item_id
    where other.iri = document.iri and earlier.key < item.key)
