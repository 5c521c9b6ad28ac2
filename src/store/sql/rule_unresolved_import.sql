-- Finds imports of documents that are not here, where a source states each first.
select owl_import.iri as subject, source.name as source, min(item.key) as key, owl_import.line,
    'imported' || iif(count(*) > 1, ' ' || count(*) || ' times', '')
        || ', and no document here is it' as detail
from owl_import
join item on item.id = owl_import.item_id
join source on source.id = item.source_id
where not exists (select 1 from owl_document where owl_document.iri = owl_import.iri)
    and not exists (select 1 from owl_document where owl_document.version_iri = owl_import.iri)
group by owl_import.iri, item.source_id
