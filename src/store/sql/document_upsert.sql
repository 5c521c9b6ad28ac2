-- Keeps a document.
insert into document (id, type_id, title, text_1, text_2, text_3, text_4, metadata, embed)
values (:id, :type_id, :title, :text_1, :text_2, :text_3, :text_4, :metadata, :embed)
on conflict (id) do update set type_id = excluded.type_id, title = excluded.title,
    text_1 = excluded.text_1, text_2 = excluded.text_2, text_3 = excluded.text_3,
    text_4 = excluded.text_4, metadata = excluded.metadata, embed = excluded.embed
