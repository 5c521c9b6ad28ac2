-- Lists stated parents, by class: for cycles.
select claim.ontology_id, claim.class_id, name.class_id
from reference
join claim on claim.id = reference.claim_id
join name on name.id = reference.name_id
where reference.predicate = 'is-subclass-of'
group by claim.ontology_id, claim.class_id, name.class_id
