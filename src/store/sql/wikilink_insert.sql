-- Keeps one link of a page.
insert into wikilink (item_id, target, line, count) values (:item_id, :target, :line, :count)
