-- Finds entities that nothing speaks of.
select iri from entity
where not exists (select 1 from declaration where declaration.entity_id = entity.id)
    and not exists (select 1 from axiom_entity where axiom_entity.entity_id = entity.id)
    and not exists (select 1 from awaited_kind where awaited_kind.entity_id = entity.id)
