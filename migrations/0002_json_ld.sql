-- Pages whose ontology stands in JSON-LD: labels beside references, and texts without the fences.

-- What stands beside a reference as its target's label. It resolves nothing.
alter table reference add column label text;

-- As before, but that a text may have a readable form too: what it is found by. SQLite changes no
-- check in place, and a table that is renamed would take the views with it.
create temporary table kept_page as select * from page;
drop table page;
create table page (
    item_id integer primary key references item (id) on delete cascade,
    name_id integer not null references name (id),
    is_graph integer not null check (is_graph in (0, 1)),
    -- How many links there are.
    link_count integer not null,
    properties text not null check (json_valid(properties)),
    fences text not null check (json_valid(fences)),
    -- Where it links to: [target, line, count], each target once.
    links text not null check (json_valid(links)),
    -- As it was read: a text where it is UTF-8, else a blob.
    content any not null,
    -- What it is found by, where that is not the content: without JSON-LD, and what a reader
    -- makes of bytes that are not UTF-8.
    readable text,
    check (typeof(content) = 'text' or readable is not null)
) strict;
insert into page (item_id, name_id, is_graph, link_count, properties, fences, links, content,
    readable)
select item_id, name_id, is_graph, link_count, properties, fences, links, content, readable
from kept_page;
drop table kept_page;
create index page_by_name on page (name_id);
create index page_of_graph on page (name_id) where is_graph;

-- What a class is called where nothing claims it. Of a stub it is what the first reference to it
-- has beside it, if any has; so order and crashes do not matter.
create view class_label (ontology_id, class_id, label) as
select class.ontology_id, class.id, coalesce(
    iif(class.kind = 'stub', (
        select reference.label
        from name
        join reference on reference.name_id = name.id and reference.label is not null
        join claim on claim.id = reference.claim_id
        join item on item.id = claim.item_id
        join source on source.id = item.source_id
        where name.ontology_id = class.ontology_id and name.class_id = class.id
        order by item.key, source.name, claim.block, reference.ordinal
        limit 1), null),
    class.label)
from class;

drop view owl_classes;
create view owl_classes as
select
    ontology.name as ontology_id,
    class.class_iri,
    coalesce(claim.label, class_label.label) as label,
    claim.comment,
    item.git_sha1 as file_sha1,
    item.key as source_file,
    claim.properties,
    class.iri,
    class.kind = 'stub' as is_stub
from class
join class_label on class_label.ontology_id = class.ontology_id and class_label.class_id = class.id
join ontology on ontology.id = class.ontology_id
left join claim
    on claim.ontology_id = class.ontology_id and claim.class_id = class.id and claim.is_shown
left join item on item.id = claim.item_id;

-- Every fence of every page that states something, as it stands.
create view fence as
select
    ontology.name as ontology_id,
    item.key as source_file,
    fence.value ->> 'line' as line,
    fence.value ->> 'dialect' as dialect,
    fence.value ->> 'closed' as closed,
    cast(substr(
        cast(page.content as blob),
        (fence.value ->> 'start_byte') + 1,
        (fence.value ->> 'end_byte') - (fence.value ->> 'start_byte')
    ) as text) as text
from page
join item on item.id = page.item_id
join name on name.id = page.name_id
join ontology on ontology.id = name.ontology_id
join json_each(page.fences) as fence;

drop view owl_fence;
create view owl_fence as
select ontology_id, source_file, line, dialect, closed, text from fence where dialect <> 'json_ld';
