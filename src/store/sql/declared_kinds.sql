-- Lists the properties that an item declares with their kinds.
select entity_id, kind from declaration
where item_id = :item_id
    and (kind = 'ObjectProperty' or kind = 'DataProperty' or kind = 'AnnotationProperty')
