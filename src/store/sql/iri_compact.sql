-- The shortest way to write an IRI: by the longest namespace that fits, the first prefix in
-- alphabetical order where two share it; else unchanged, but in brackets where it would be taken
-- for a name behind a prefix. Without `order by`, for which SQLite would make a table each time.
select coalesce((
    select name || ':' || substr(:iri, length(namespace) + 1) from prefix
    where ontology_id = :ontology_id and substr(:iri, 1, length(namespace)) = namespace
        and not exists (
            select 1 from prefix as better
            where better.ontology_id = :ontology_id
                and substr(:iri, 1, length(better.namespace)) = better.namespace
                and (length(better.namespace), prefix.name)
                    > (length(prefix.namespace), better.name))
    ), iif(exists (
        select 1 from prefix
        where ontology_id = :ontology_id and instr(:iri, ':') > 0
            and name = substr(:iri, 1, instr(:iri, ':') - 1)), '<' || :iri || '>', :iri))
