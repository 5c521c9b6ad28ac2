-- Lets a class show the claim with the smallest (path, block), or none where it has none; a
-- no-op where it does.
with best as (
    select shown.id as class_id, claim.id as claim_id, claim.class_iri
    from class as shown
    left join claim on claim.ontology_id = shown.ontology_id and claim.class_id = shown.id
    left join item on item.id = claim.item_id
    left join source on source.id = item.source_id
    where shown.id = :class_id
    order by item.key, source.name, claim.block
    limit 1
)
update class
set claim_id = best.claim_id,
    class_iri = iif(class.kind = 'built_in', class.class_iri, coalesce(best.class_iri, class.class_iri))
from best
where class.id = best.class_id
    and (class.claim_id is not best.claim_id
        or (class.class_iri <> best.class_iri and class.kind <> 'built_in'))
