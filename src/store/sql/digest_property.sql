-- Lists every declared OWL property, for the store's digest.
select source.name as source, item.key, property_claim.ordinal, ontology.name, property_claim.iri,
    property_claim.property_iri, property_claim.label, property_claim.kind,
    property_claim.domain, property_claim.range, property_claim.characteristics, property_claim.line
from property_claim
join item on item.id = property_claim.item_id
join source on source.id = item.source_id
join ontology on ontology.id = property_claim.ontology_id
order by source.name, item.key, property_claim.ordinal
