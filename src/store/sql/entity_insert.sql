-- Adds an entity.
insert into entity (iri, shown) values (:iri, :shown)
