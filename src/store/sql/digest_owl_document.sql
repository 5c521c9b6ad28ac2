-- Lists every OWL document with its imports, for the store's digest.
select source.name as source, item.key, ontology.name, owl_document.format, owl_document.iri,
    owl_document.version_iri, owl_document.triples, owl_import.iri, owl_import.line
from owl_document
join item on item.id = owl_document.item_id
join source on source.id = item.source_id
join ontology on ontology.id = owl_document.ontology_id
left join owl_import on owl_import.item_id = owl_document.item_id
order by source.name, item.key, owl_import.ordinal
