-- Makes a type of document, or gives it the weights of now.
insert into document_type (name, title_weight, weight_1, weight_2, weight_3, weight_4)
values (:name, :title_weight, :weight_1, :weight_2, :weight_3, :weight_4)
on conflict (name) do update set title_weight = excluded.title_weight,
    weight_1 = excluded.weight_1, weight_2 = excluded.weight_2, weight_3 = excluded.weight_3,
    weight_4 = excluded.weight_4
returning id
