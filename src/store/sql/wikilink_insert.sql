-- Keeps one link of a page.
insert into wikilink (item_id, name_id, line, count) values (:item_id, :name_id, :line, :count)
