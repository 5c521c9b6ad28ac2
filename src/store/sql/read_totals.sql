-- Counts what consumers see, but for the edges between classes. Those of the graph are counted
-- node by node, in the order of an index, so that no list of all of them is made.
select
    (select count(*) from (select distinct ontology_id, class_id from claim)) as classes,
    (select count(*) from class where kind = 'stub') as stubs,
    (select count(*) from class where kind = 'built_in' and not exists (select 1 from claim
        where claim.ontology_id = class.ontology_id and claim.class_id = class.id)) as built_in,
    (select count(*) from (
        select distinct ontology_id, iri from property_claim)) as properties,
    (select count(*) from axiom where axiom_type is not null)
        + (select count(*) from reference where predicate = 'is-subclass-of' and not is_axiom)
        as axioms,
    (select count(*) from axiom where axiom_type is null) as untyped,
    (select count(*) from declaration) as declarations,
    (select count(*) from owl_document) as documents,
    (select count(*) from (select distinct name_id from graph_link))
        + (select count(*) from (select distinct name_id from page where is_graph) as node
            where not exists (select 1 from graph_link where graph_link.name_id = node.name_id))
        as nodes,
    (select coalesce(sum((
        select count(distinct graph_link.name_id)
        from page join graph_link on graph_link.item_id = page.item_id
        where page.name_id = node.name_id)), 0)
        from (select distinct name_id from page where is_graph) as node) as edges,
    (select coalesce(sum(link_count), 0) from page) as wikilinks,
    (select coalesce(sum(json_array_length(fences)), 0) from page) as fences,
    (select count(*) from page) as pages
