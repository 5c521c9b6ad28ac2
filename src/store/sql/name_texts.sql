-- Gives a name's two forms.
select ontology_id, exact, folded from name where id = :name_id
