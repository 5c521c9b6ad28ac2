-- Forgets a page's links.
delete from wikilink where item_id = :item_id
