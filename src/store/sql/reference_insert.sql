-- States one relation of a claim.
insert into reference (claim_id, ordinal, predicate, name_id, label, qualifier, line, is_axiom)
values (:claim_id, :ordinal, :predicate, :name_id, :label, :qualifier, :line, :is_axiom)
