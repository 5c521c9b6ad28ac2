-- Puts a document into the index.
insert into search (rowid, title, text_1, text_2, text_3, text_4)
values (:id, :title, :text_1, :text_2, :text_3, :text_4)
