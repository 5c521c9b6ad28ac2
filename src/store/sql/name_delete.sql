-- Forgets a name that nothing uses, and gives what references by it meant.
delete from name where id = :name_id returning ontology_id, class_id
