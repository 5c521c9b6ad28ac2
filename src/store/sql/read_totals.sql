-- Counts what consumers see; distinct edges by the rows they join, not by their texts.
select
    (select count(*) from class where claim_id is not null) as classes,
    (select count(*) from class where kind = 'stub') as stubs,
    (select count(*) from class where claim_id is null and kind = 'built_in') as built_in,
    (select count(*) from (
        select distinct claim.class_id, name.class_id
        from reference
        join claim on claim.id = reference.claim_id
        join name on name.id = reference.name_id
        where reference.predicate = 'is-subclass-of')) as parents,
    (select count(*) from (
        select distinct claim.class_id, name.class_id, reference.predicate, reference.qualifier
        from reference
        join claim on claim.id = reference.claim_id
        join name on name.id = reference.name_id
        where reference.predicate <> 'is-subclass-of')) as relations,
    (select count(*) from (
        select distinct ontology_id, iri from property_claim)) as properties,
    (select count(*) from reference where predicate = 'is-subclass-of') as axioms,
    (select count(*) from (
        select name_id from page where is_graph union select name_id from graph_link)) as nodes,
    (select count(*) from (
        select distinct page.name_id, graph_link.name_id
        from graph_link join page on page.item_id = graph_link.item_id)) as edges,
    (select count(*) from wikilink) as wikilinks,
    (select coalesce(sum(json_array_length(fences)), 0) from page) as fences,
    (select count(*) from page) as pages
