-- Finds names that properties of pages refer to and no page answers, where each stands first.
select name.exact as subject, source.name as source, item.key, min(reference.line) as line,
    'no page has this name; named ' || count(*) || ' times' as detail
from reference
join name on name.id = reference.name_id
join class on class.ontology_id = name.ontology_id and class.id = name.class_id
join claim on claim.id = reference.claim_id
join item on item.id = claim.item_id
join source on source.id = item.source_id
where class.kind = 'stub' and not reference.is_axiom
group by name.id
