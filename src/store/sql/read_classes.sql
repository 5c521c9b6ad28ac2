-- Lists classes by their IRI, with or without stubs.
select ontology_id, class_iri, iri, label, comment, source_file, is_stub
from owl_classes
where (:with_stubs or not is_stub)
order by ontology_id, class_iri
limit :limit
