-- Forgets a document.
delete from document where id = :id
