-- Lists the types that documents can have.
select name from document_type order by id
