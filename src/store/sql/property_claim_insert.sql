-- Declares one OWL property.
insert into property_claim (item_id, ordinal, ontology_id, iri, property_iri, label, kind,
    domain, range, characteristics, line)
values (:item_id, :ordinal, :ontology_id, :iri, :property_iri, :label, :kind, :domain, :range,
    :characteristics, :line)
