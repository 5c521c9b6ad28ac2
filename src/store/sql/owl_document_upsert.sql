-- Keeps what an OWL document is.
insert into owl_document (item_id, ontology_id, format, iri, version_iri, triples)
values (:item_id, :ontology_id, :format, :iri, :version_iri, :triples)
on conflict (item_id) do update set ontology_id = excluded.ontology_id,
    format = excluded.format, iri = excluded.iri, version_iri = excluded.version_iri,
    triples = excluded.triples
