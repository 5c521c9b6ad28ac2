-- Says what a prefix stands for.
insert into prefix (ontology_id, name, namespace) values (:ontology_id, :name, :namespace)
