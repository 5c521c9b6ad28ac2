-- Lists the IRIs of the ontologies that are here, and of those that are imported.
select iri, 1 as is_here from owl_document where iri is not null
union all
select version_iri, 1 from owl_document where version_iri is not null
union all
select iri, 0 from (select distinct iri from owl_import)
