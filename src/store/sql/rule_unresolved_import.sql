-- Finds imports of documents that are not here.
select owl_import.iri as subject, source.name as source, item.key, owl_import.line,
    'imported, and no document here is it' as detail
from owl_import
join item on item.id = owl_import.item_id
join source on source.id = item.source_id
where not exists (select 1 from owl_document where owl_document.iri = owl_import.iri)
    and not exists (select 1 from owl_document where owl_document.version_iri = owl_import.iri)
