-- Tells what references by a name mean.
select class_id from name where id = :name_id
