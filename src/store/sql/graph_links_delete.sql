-- Takes a page's links out of the graph, and gives the names they led to.
delete from graph_link where item_id = :item_id returning name_id
