-- Puts one link of a page into the graph.
insert into graph_link (item_id, name_id, count) values (:item_id, :name_id, :count)
