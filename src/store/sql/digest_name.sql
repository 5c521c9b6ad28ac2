-- Lists every name with what references by it mean, for the store's digest.
select ontology.name, name.exact, name.folded, source.name as source, item.key, class.iri
from name
join ontology on ontology.id = name.ontology_id
left join item on item.id = name.except_item
left join source on source.id = item.source_id
left join class on class.ontology_id = name.ontology_id and class.id = name.class_id
order by ontology.name, name.exact, source.name, item.key
