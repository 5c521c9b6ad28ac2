-- States what a class demands of a property.
insert into restriction (axiom_id, ordinal, subject, property, quantifier, cardinality, filler)
values (:axiom_id, :ordinal, :subject, :property, :quantifier, :cardinality, :filler)
