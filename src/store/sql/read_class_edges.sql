-- Lists every stated edge between classes, those of a class one after the other: the same one may
-- be stated several times. To be counted on the way, for SQLite would make a table for each class.
select claim.ontology_id, claim.class_id, name.class_id as target_id, reference.predicate,
    reference.qualifier
from claim indexed by claim_by_class
join reference on reference.claim_id = claim.id
join name on name.id = reference.name_id
order by claim.ontology_id, claim.class_id
