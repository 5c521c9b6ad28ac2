-- Lists what a source declares: by documents and fences, and by the blocks of its pages.
select declaration.kind, entity.shown, declaration.annotations
from declaration
join entity on entity.id = declaration.entity_id
join item on item.id = declaration.item_id
where item.source_id = :source_id
union
select 'Class', class.class_iri, null
from claim
join class on class.ontology_id = claim.ontology_id and class.id = claim.class_id
join item on item.id = claim.item_id
where item.source_id = :source_id
    and exists (select 1 from page where page.item_id = claim.item_id)
union
select property_claim.kind, property_claim.property_iri, null
from property_claim join item on item.id = property_claim.item_id
where item.source_id = :source_id
order by 1, 2, 3
