-- Reads an axiom as it was stated.
select axiom_type, subject, object from open_axiom where axiom_id = :axiom_id
