-- Finds entities that logical axioms speak of and nobody declares, where each is used first.
-- Of what an absent import may declare, nothing is said here.
with used (shown, axiom_id) as (
    select object, min(id) from axiom
    where named & 4 and axiom_type is not null and axiom_type not like 'Annotation%'
    group by object
    union all
    select entity.shown, min(axiom_entity.axiom_id)
    from axiom_entity
    join entity on entity.id = axiom_entity.entity_id
    group by entity.id
)
select used.shown as subject, source.name as source, item.key, axiom.line,
    'used in ' || coalesce(axiom.axiom_type, 'a statement without a type')
        || ' and nowhere declared' as detail
from used
join axiom on axiom.id = used.axiom_id
join item on item.id = axiom.item_id
join source on source.id = item.source_id
left join entity on entity.shown = used.shown
where not exists (select 1 from declaration where declaration.entity_id = entity.id)
    and not exists (select 1 from claim where claim.class_iri = used.shown)
    and used.shown not glob 'owl:*' and used.shown not glob 'rdf:*'
    and used.shown not glob 'rdfs:*' and used.shown not glob 'xsd:*'
    and used.shown not glob 'skos:*' and used.shown not glob 'dcterms:*'
    and used.shown not glob 'http://purl.org/dc/*'
    and used.shown not glob 'http://www.w3.org/ns/prov#*'
    and used.shown not glob 'http://www.geneontology.org/formats/oboInOwl#*'
group by used.shown
