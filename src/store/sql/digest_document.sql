-- Lists every document of a row with the version it was made of, for the store's digest.
select source.name as source, item.key, item.content_digest, item.size_bytes,
    item.parser_version, item.configuration_version, item.fingerprint, document_type.name,
    document.title, document.text_1, document.text_2, document.text_3, document.text_4,
    document.metadata, document.embed
from document
join document_type on document_type.id = document.type_id
join item on item.id = document.id
join source on source.id = item.source_id
where document.type_id > 2
order by source.name, item.key
