-- Lists the ontologies that documents of a source are.
select distinct owl_document.iri, owl_document.version_iri
from owl_document join item on item.id = owl_document.item_id
where item.source_id = :source_id and owl_document.iri is not null
order by 1, 2
