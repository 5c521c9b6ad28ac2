-- Lists every link of the graph, for the store's digest.
select source.name as source, item.key, name.exact, graph_link.count
from graph_link
join item on item.id = graph_link.item_id
join source on source.id = item.source_id
join name on name.id = graph_link.name_id
order by source.name, item.key, name.exact
