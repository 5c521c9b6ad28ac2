-- Reads the texts that a document is found by, wherever they are kept.
select title, text_1, text_2, text_3, text_4 from searchable where id = :id
