-- Versions that were decided on without being stored, where the item states what an older one did;
-- and all labels of a class.

-- The version of a skipped item that its outcome speaks of, where the row of the item speaks of
-- the one that its statements were made of.
create table set_aside (
    item_id integer primary key references item (id) on delete cascade,
    content_digest blob not null,
    git_sha1 text,
    fingerprint blob not null,
    -- Jobs in a row in which this version took too long.
    timeouts integer not null check (timeouts >= 0)
) strict;

drop view item_state;

-- What is known of items when it is decided whether to look at them again.
create view item_state as
select item.id, item.key, item.outcome, item.skip_reason, item.job_id, item.content_digest,
    item.git_sha1, item.fingerprint, dead_letter.fingerprint as rejected_fingerprint,
    dead_letter.git_sha1 as rejected_git_sha1, dead_letter.content_digest as rejected_digest,
    dead_letter.discarded_at_ms is not null as is_discarded,
    item.saved_classes, item.saved_properties, item.saved_axioms, item.saved_nodes,
    item.saved_edges, item.source_id, set_aside.fingerprint as set_aside_fingerprint,
    set_aside.git_sha1 as set_aside_git_sha1, set_aside.content_digest as set_aside_digest,
    -- Whether something is stored of it.
    case item.outcome when 'written' then 1 else
        exists (select 1 from page where page.item_id = item.id)
        or exists (select 1 from document where document.id = item.id)
    end as is_stored
from item
left join dead_letter
    on dead_letter.item_id = case item.outcome when 'rejected' then item.id end
left join set_aside
    on set_aside.item_id = case item.outcome when 'skipped' then item.id end
where item.outcome <> 'deleted';

-- What else a claim calls its class, such as in other languages, a line each.
alter table claim add column other_labels text;

drop view searchable;
create view searchable (id, type_id, title, text_1, text_2, text_3, text_4) as
select id, type_id, title, text_1, text_2, text_3, text_4 from document
union all
select page.item_id, 1, name.exact, coalesce(page.readable, page.content), null, null, null
from page join name on name.id = page.name_id
union all
select id, 2, label, comment, other_labels, null, null from claim where not is_mention;
