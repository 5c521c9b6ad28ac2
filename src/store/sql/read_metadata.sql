-- Lists the columns that documents of these types, or of all, have as metadata.
select distinct metadata.value ->> 'column'
from source cross join json_each(source.settings, '$.entity.metadata') as metadata
where :types is null or source.name in (select value from json_each(:types))
order by 1
