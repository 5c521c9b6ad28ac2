-- The shortest way to write an IRI: by the longest namespace that fits, the first prefix in
-- alphabetical order where two share it; else unchanged.
select coalesce((
    select name || ':' || substr(:iri, length(namespace) + 1) from prefix
    where ontology_id = :ontology_id and substr(:iri, 1, length(namespace)) = namespace
    order by length(namespace) desc, name limit 1), :iri)
