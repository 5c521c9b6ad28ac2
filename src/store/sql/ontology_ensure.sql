-- Makes the scope of identifiers unless it exists.
insert into ontology (name) values (:name) on conflict (name) do nothing
