-- Tells whether any claim refers to a class by this name.
select exists (select 1 from reference where name_id = :name_id)
