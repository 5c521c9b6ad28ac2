-- Lists every axiom, for the store's digest.
select source.name as source, item.key, axiom.id & 16777215, ontology.name, axiom.axiom_type,
    axiom.subject, axiom.property, axiom.object, axiom.annotations, axiom.named, axiom.line,
    open_axiom.axiom_type, open_axiom.subject, open_axiom.object
from axiom
join item on item.id = axiom.item_id
join source on source.id = item.source_id
join ontology on ontology.id = axiom.ontology_id
left join open_axiom on open_axiom.axiom_id = axiom.id
order by source.name, item.key, axiom.id
