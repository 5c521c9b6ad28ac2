-- Lets a class show the claim with the smallest (path, block); a no-op where it does.
with best as (
    select claim.id, claim.class_iri
    from class
    join claim on claim.ontology_id = class.ontology_id and claim.class_id = class.id
    join item on item.id = claim.item_id
    join source on source.id = item.source_id
    where class.id = :class_id
    order by item.key, source.name, claim.block
    limit 1
)
update class
set claim_id = best.id, class_iri = iif(class.kind = 'built_in', class.class_iri, best.class_iri)
from best
where class.id = :class_id
    and (class.claim_id is not best.id
        or (class.class_iri <> best.class_iri and class.kind <> 'built_in'))
