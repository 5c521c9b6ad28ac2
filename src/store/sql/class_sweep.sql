-- Removes a class that has neither a claim nor a reference; the only statement that does.
delete from class
where ontology_id = :ontology_id and id = :class_id
    and not exists (select 1 from claim
        where claim.ontology_id = class.ontology_id and claim.class_id = class.id)
    and not exists (select 1 from name
        where name.ontology_id = class.ontology_id and name.class_id = class.id)
