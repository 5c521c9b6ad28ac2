-- States one axiom.
insert into axiom (id, ontology_id, axiom_type, subject, property, object,
    annotations, named, line)
values (:id, :ontology_id, :axiom_type, :subject, :property, :object, :annotations,
    :named, :line)
