-- Adds a class, and gives its id.
insert into class (ontology_id, id, iri, class_iri, label, kind)
values (
    :ontology_id,
    1 + coalesce((select max(id) from class where ontology_id = :ontology_id), 0),
    :iri, :class_iri, :label, :kind)
returning id
