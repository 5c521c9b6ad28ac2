-- Keeps an axiom as it was stated.
insert into open_axiom (axiom_id, axiom_type, subject, object)
values (:axiom_id, :axiom_type, :subject, :object)
