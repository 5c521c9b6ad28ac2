-- Fails unless the index holds exactly the words of the texts.
insert into search (search, rank) values ('integrity-check', 1)
