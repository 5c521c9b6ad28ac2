-- Adds a class; who claims it is decided later in the same transaction.
insert into class (ontology_id, id, iri, class_iri, label, kind)
values (:ontology_id, :class_id, :iri, :class_iri, :label, :kind)
