-- Finds classes that nobody claims or means, and stubs that somebody claims.
select class.iri from class
where not exists (select 1 from claim
        where claim.ontology_id = class.ontology_id and claim.class_id = class.id)
    and not exists (select 1 from name
        where name.ontology_id = class.ontology_id and name.class_id = class.id)
union all
select class.iri from class
where class.kind = 'stub' and exists (select 1 from claim
    where claim.ontology_id = class.ontology_id and claim.class_id = class.id)
