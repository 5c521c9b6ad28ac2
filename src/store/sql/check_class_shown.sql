-- Finds claims that are shown though another has a smaller (path, block), and ones that are
-- not shown though none has.
select class.iri
from claim
join class on class.ontology_id = claim.ontology_id and class.id = claim.class_id
where claim.is_shown <> (claim.id = (
    select best.id
    from claim as best
    join item on item.id = best.item_id
    join source on source.id = item.source_id
    where best.ontology_id = class.ontology_id and best.class_id = class.id
    order by best.is_mention, item.key, source.name, best.block
    limit 1))
