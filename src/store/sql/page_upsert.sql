-- Keeps a page as it was read.
insert into page (item_id, name_id, is_graph, properties, fences, links, link_count, content,
    readable)
values (:item_id, :name_id, :is_graph, :properties, :fences, :links, :link_count, :content,
    :readable)
on conflict (item_id) do update set name_id = excluded.name_id, is_graph = excluded.is_graph,
    properties = excluded.properties, fences = excluded.fences, links = excluded.links,
    link_count = excluded.link_count, content = excluded.content, readable = excluded.readable
