-- Counts what consumers see.
select
    (select count(*) from class where claim_id is not null) as classes,
    (select count(*) from class where kind = 'stub') as stubs,
    (select count(*) from class where claim_id is null and kind = 'built_in') as built_in,
    (select count(*) from owl_class_hierarchy) as parents,
    (select count(*) from relation) as relations,
    (select count(*) from owl_properties) as properties,
    (select count(*) from reference where predicate = 'is-subclass-of') as axioms,
    (select count(*) from graph_node) as nodes,
    (select count(*) from graph_edge) as edges,
    (select count(*) from wikilink) as wikilinks,
    (select coalesce(sum(json_array_length(fences)), 0) from page) as fences,
    (select count(*) from page) as pages
