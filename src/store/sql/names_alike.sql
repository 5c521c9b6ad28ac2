-- Lists a name and those that fold alike, with what references by each mean.
select id, exact, except_item, class_id from name
where ontology_id = :ontology_id and folded = :folded and (:folded <> '' or exact = :exact)
