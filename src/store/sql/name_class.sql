-- Tells what references by a name mean.
select ontology_id, class_id from name where id = :name_id
