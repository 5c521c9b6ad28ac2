-- Forgets the type of documents that a source's entity had, unless there are documents of it.
delete from document_type
where id > 3 and name = (select name from source where id = :source_id)
    and not exists (select 1 from document where type_id = document_type.id)
