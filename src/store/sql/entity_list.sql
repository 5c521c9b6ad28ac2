-- Lists every entity.
select id, iri from entity
