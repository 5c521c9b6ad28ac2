-- Finds classes that nobody claims or means, and ones that show no claim though they have one.
select class.iri from class
where not exists (select 1 from claim
        where claim.ontology_id = class.ontology_id and claim.class_id = class.id)
    and not exists (select 1 from name
        where name.ontology_id = class.ontology_id and name.class_id = class.id)
union all
select class.iri from class
where class.claim_id is null and exists (select 1 from claim
    where claim.ontology_id = class.ontology_id and claim.class_id = class.id)
