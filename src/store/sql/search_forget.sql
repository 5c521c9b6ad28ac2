-- Takes a document out of the index, given the texts that it was put in with.
insert into search (search, rowid, title, text_1, text_2, text_3, text_4)
values ('delete', :id, :title, :text_1, :text_2, :text_3, :text_4)
