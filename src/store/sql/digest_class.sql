-- Lists every class with the claim it shows, for the store's digest.
select ontology.name, class.iri, class.class_iri, coalesce(claim.label, class_label.label),
    class.kind, source.name as source, item.key, claim.block
from class
join class_label on class_label.ontology_id = class.ontology_id and class_label.class_id = class.id
join ontology on ontology.id = class.ontology_id
left join claim
    on claim.ontology_id = class.ontology_id and claim.class_id = class.id and claim.is_shown
left join item on item.id = claim.item_id
left join source on source.id = item.source_id
order by ontology.name, class.iri
