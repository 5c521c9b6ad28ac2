-- Gives a source that was written in other capitals the name of now, if that one means the same
-- and is free: GitHub does not tell owners and repositories apart by capitals, but folders and
-- branches.
update source set name = :name
where kind = :kind and kind = 'github' and name <> :name and lower(name) = lower(:name)
    and json_extract(settings, '$.path') is json_extract(:settings, '$.path')
    and json_extract(settings, '$.reference') is json_extract(:settings, '$.reference')
    and not exists (select 1 from source where name = :name)
    and id = (select max(other.id) from source as other
        where other.kind = 'github' and lower(other.name) = lower(:name)
            and json_extract(other.settings, '$.path') is json_extract(:settings, '$.path')
            and json_extract(other.settings, '$.reference')
                is json_extract(:settings, '$.reference'))
