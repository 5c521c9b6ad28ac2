-- Forgets a page's links, and gives the names they led to.
delete from wikilink where item_id = :item_id returning name_id
