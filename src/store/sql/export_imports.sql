-- Lists what documents of a source import and no document of it is.
select distinct owl_import.iri
from owl_import join item on item.id = owl_import.item_id
where item.source_id = :source_id
    and not exists (
        select 1 from owl_document join item as other on other.id = owl_document.item_id
        where other.source_id = :source_id
            and (owl_document.iri = owl_import.iri or owl_document.version_iri = owl_import.iri))
order by 1
