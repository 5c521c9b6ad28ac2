-- Lists every referenced name with the class it means now.
select name.id, name.ontology_id, name.exact, name.folded, name.except_item, class.iri
from name join class on class.ontology_id = name.ontology_id and class.id = name.class_id
order by name.id
