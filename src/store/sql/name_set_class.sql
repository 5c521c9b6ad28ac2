-- Lets references by a name mean another class.
update name set class_id = :class_id where id = :name_id
