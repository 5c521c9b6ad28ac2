-- Finds classes that several items define, at each but the one that is shown.
select class.class_iri as subject, source.name as source, item.key, claim.line,
    'defined in ' || first.key || ' too, which is shown' as detail
from claim
join class on class.ontology_id = claim.ontology_id and class.id = claim.class_id
join item on item.id = claim.item_id
join source on source.id = item.source_id
join claim as shown on shown.ontology_id = claim.ontology_id
    and shown.class_id = claim.class_id and shown.is_shown
join item as first on first.id = shown.item_id
where not claim.is_mention and claim.item_id <> shown.item_id
