-- Lists the referenced names that a supplied name may answer, itself or by its fold.
-- The plus keeps SQLite from walking all referenced names by the index on what they mean.
select id, exact, folded, except_item, class_id from name
where ontology_id = :ontology_id and folded = :folded and (:folded <> '' or exact = :exact)
    and +class_id is not null
