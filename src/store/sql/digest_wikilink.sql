-- Lists every wikilink, for the store's digest.
select source.name as source, item.key, wikilink.target, wikilink.line, wikilink.count
from wikilink
join item on item.id = wikilink.item_id
join source on source.id = item.source_id
order by source.name, item.key, wikilink.target
