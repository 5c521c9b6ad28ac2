-- Tells where a class is shown from.
select class.class_iri as subject, source.name as source, item.key, claim.line
from class
join claim on claim.ontology_id = class.ontology_id and claim.class_id = class.id
    and claim.is_shown
join item on item.id = claim.item_id
join source on source.id = item.source_id
where class.ontology_id = :ontology_id and class.id = :class_id
