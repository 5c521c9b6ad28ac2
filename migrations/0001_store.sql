-- The first schema: sources, jobs, items, what items state, and what follows from it.
--
-- Two kinds of table. *Statements* belong to one item and change only with it. *Derived*
-- rows (class, name.class_id and claim.is_shown) are a pure function of all statements. What consumers
-- read are views over both, at the end.

-- Who may write. One row; a writer checks its epoch inside each transaction.
create table lease (
    id integer primary key check (id = 1),
    epoch integer not null,
    holder text not null,
    taken_at_ms integer not null,
    expires_at_ms integer not null,
    -- Whether its holder has the lock too, so that a free lock means a dead holder. Who took
    -- over from a stopped process has it only when that process is gone.
    is_locked integer not null check (is_locked in (0, 1))
) strict;
insert into lease (id, epoch, holder, taken_at_ms, expires_at_ms, is_locked)
values (1, 0, '', 0, 0, 1);

-- The scope of identifiers: one configured value a source.
create table ontology (
    id integer primary key,
    name text not null unique
) strict;

-- What prefixes stand for, as configured: by these IRIs are shown.
create table prefix (
    ontology_id integer not null references ontology (id),
    name text not null,
    namespace text not null,
    primary key (ontology_id, name)
) strict, without rowid;

create table source (
    id integer primary key,
    name text not null unique,
    kind text not null,
    settings text not null check (json_valid(settings)),
    -- Until when its server asked to be left alone; a restart honours it.
    paused_until_ms integer
) strict;

create table job (
    id integer primary key,
    -- What people and machines call it: a UUID that sorts by time of creation.
    uid text not null unique,
    source_id integer not null references source (id),
    kind text not null check (kind in ('sync', 'index', 'retry', 'import')),
    state text not null check (state in ('queued', 'running', 'pausing', 'paused',
        'cancelling', 'cancelled', 'completed', 'completed_with_errors', 'failed',
        'interrupted')),
    options text not null check (json_valid(options)),
    parser_version integer not null,
    configuration_version blob not null,
    source_version text,
    attempt integer not null default 1,
    created_at_ms integer not null,
    started_at_ms integer,
    completed_at_ms integer,
    updated_at_ms integer not null,
    total integer,
    total_is_estimate integer not null default 1 check (total_is_estimate in (0, 1)),
    counters text not null default '{}' check (json_valid(counters)),
    reason text,
    error_code text,
    error_message text,
    -- Whether it looked at no item, for its source was in the version that the store had.
    is_unread integer not null default 0 check (is_unread in (0, 1)),
    -- Whether places of its source could not be listed.
    is_incomplete integer not null default 0 check (is_incomplete in (0, 1))
) strict;
create index job_by_state on job (state, source_id);

-- How far a job is finished without a gap. Never ahead of the items it speaks of.
create table checkpoint (
    job_id integer primary key references job (id) on delete cascade,
    attempt integer not null,
    -- Items listed so far with none unfinished among them, and the key of the last one.
    watermark integer not null,
    cursor text,
    -- Of these, the ones whose item row this attempt did not write.
    unchanged integer not null,
    still_skipped integer not null,
    still_rejected integer not null,
    done_before integer not null,
    -- How they ended, all of them.
    counters text not null check (json_valid(counters)),
    written_at_ms integer not null
) strict;

-- One row an item ever seen; 'deleted' is the tombstone. Behind its ids begin those of claims.
create table item (
    id integer primary key check (id < 1 << 30),
    source_id integer not null references source (id),
    key text not null,
    -- Not `in`: for a list of three or more SQLite builds a table at each row it checks.
    outcome text not null check (outcome = 'written' or outcome = 'skipped'
        or outcome = 'rejected' or outcome = 'deleted'),
    skip_reason text,
    detail text,
    job_id integer not null references job (id),
    attempt integer not null,
    sequence integer not null,
    decided_at_ms integer not null,
    -- When the content was read, by (lease epoch, counter): a newer one is never overwritten.
    read_epoch integer not null,
    read_counter integer not null,
    -- The version that the item's statements were made of; all null where it states nothing.
    content_digest blob,
    git_sha1 text,
    size_bytes integer,
    parser_version integer,
    configuration_version blob,
    fingerprint blob,
    written_at_ms integer,
    -- Rows that consumers see because of this item.
    saved_classes integer not null default 0,
    saved_properties integer not null default 0,
    saved_axioms integer not null default 0,
    saved_nodes integer not null default 0,
    saved_edges integer not null default 0,
    unique (source_id, key),
    check ((outcome = 'skipped') = (skip_reason is not null))
) strict;
create index item_by_sha1 on item (git_sha1) where git_sha1 is not null;
-- What was left out is asked for at the beginning and at the end of each job.
create index item_by_skip on item (source_id, skip_reason) where outcome = 'skipped';

-- Items that a job has seen and left as they were, where the order of their keys is known to
-- their source alone: what is in no range was not listed. Ranges of rows, each end included.
create table seen (
    job_id integer not null references job (id) on delete cascade,
    first_item integer not null,
    last_item integer not null,
    primary key (job_id, first_item)
) strict, without rowid;

-- Items of the store that a complete listing did not show.
create table deletion_candidate (
    item_id integer primary key references item (id) on delete cascade,
    job_id integer not null references job (id) on delete cascade
) strict;

-- The open rejection of an item, of one version of it.
create table dead_letter (
    item_id integer primary key references item (id) on delete cascade,
    stage text not null check (stage = 'read' or stage = 'parse' or stage = 'store'),
    code text not null,
    message text not null,
    -- Equal for rejections of one cause: stage, code, and the message without its particulars.
    cause text not null,
    cause_id text not null,
    content_digest blob,
    git_sha1 text,
    fingerprint blob,
    job_id integer not null references job (id),
    attempts integer not null,
    first_at_ms integer not null,
    last_at_ms integer not null,
    discarded_at_ms integer,
    discard_reason text,
    check ((discarded_at_ms is null) = (discard_reason is null))
) strict;
create index dead_letter_by_cause on dead_letter (cause_id);

-- What is known of items when it is decided whether to look at them again.
create view item_state as
select item.id, item.key, item.outcome, item.skip_reason, item.job_id, item.content_digest,
    item.git_sha1, item.fingerprint, dead_letter.fingerprint as rejected_fingerprint,
    dead_letter.git_sha1 as rejected_git_sha1, dead_letter.content_digest as rejected_digest,
    dead_letter.discarded_at_ms is not null as is_discarded,
    item.saved_classes, item.saved_properties, item.saved_axioms, item.saved_nodes,
    item.saved_edges, item.source_id
from item
left join dead_letter
    on dead_letter.item_id = case item.outcome when 'rejected' then item.id end
where item.outcome <> 'deleted';

-- Statements ---------------------------------------------------------------------------

-- A page as it was read. `content` is text where it is UTF-8; else a blob, and `readable` what a
-- reader makes of it.
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
    content any not null,
    readable text,
    check ((typeof(content) = 'blob') = (readable is not null))
) strict;
create index page_by_name on page (name_id);
create index page_of_graph on page (name_id) where is_graph;

-- An ontology block: a claim to a class. Of the claims to one class the first is shown. Ids begin
-- at 2^30, for claims and items share those of the index of words.
create table claim (
    id integer primary key,
    item_id integer not null references item (id) on delete cascade,
    block integer not null,
    ontology_id integer not null,
    class_id integer not null,
    class_iri text not null,
    label text not null,
    comment text,
    line integer not null,
    -- Whether the class is only spoken of in passing: any other claim to it is shown first.
    is_mention integer not null check (is_mention in (0, 1)),
    is_shown integer not null check (is_shown in (0, 1)),
    properties text not null check (json_valid(properties)),
    unique (item_id, block),
    foreign key (ontology_id, class_id) references class (ontology_id, id)
) strict;
create index claim_by_class on claim (ontology_id, class_id);
create index claim_by_label on claim (label);

-- A name by which a claim's class can be found; the smallest rank wins.
create table supplied_name (
    claim_id integer not null references claim (id) on delete cascade,
    name_id integer not null references name (id),
    rank integer not null check (rank between 1 and 7),
    primary key (claim_id, name_id)
) strict, without rowid;
create index supplied_name_by_name on supplied_name (name_id);

-- A stated parent or other relation. Its target is a name; what that means stands there.
create table reference (
    claim_id integer not null references claim (id) on delete cascade,
    ordinal integer not null,
    predicate text not null,
    name_id integer not null references name (id),
    qualifier text,
    line integer not null,
    -- Whether an axiom states it; else a property of the page does.
    is_axiom integer not null check (is_axiom in (0, 1)),
    primary key (claim_id, ordinal)
) strict, without rowid;
create index reference_by_name on reference (name_id);

-- A link of a page of the graph, to the name that is its other node.
create table graph_link (
    item_id integer not null references item (id) on delete cascade,
    name_id integer not null references name (id),
    count integer not null,
    primary key (item_id, name_id)
) strict, without rowid;
create index graph_link_by_name on graph_link (name_id);

-- A declared OWL property; `domain` and `range` hold names as written, joined by ", ".
create table property_claim (
    item_id integer not null references item (id) on delete cascade,
    ordinal integer not null,
    ontology_id integer not null references ontology (id),
    iri text not null,
    property_iri text not null,
    label text not null,
    kind text not null
        check (kind = 'ObjectProperty' or kind = 'DataProperty' or kind = 'AnnotationProperty'),
    domain text,
    range text,
    -- What else holds of it, such as 'Transitive', joined by ", ".
    characteristics text,
    line integer not null,
    primary key (item_id, ordinal)
) strict, without rowid;
create index property_claim_by_iri on property_claim (ontology_id, iri);

-- OWL ----------------------------------------------------------------------------------

-- An OWL document as it was read; what it states is in the tables below.
create table owl_document (
    item_id integer primary key references item (id) on delete cascade,
    ontology_id integer not null references ontology (id),
    format text not null,
    iri text,
    version_iri text,
    -- Of RDF: how its triples were accounted for.
    triples text check (json_valid(triples)),
    check (triples is null or triples ->> 'read' = (triples ->> 'typed')
        + (triples ->> 'awaiting') + (triples ->> 'untyped') + (triples ->> 'repeated'))
) strict;
create index owl_document_by_iri on owl_document (iri);
create index owl_document_by_version on owl_document (version_iri);

create table owl_import (
    item_id integer not null references item (id) on delete cascade,
    ordinal integer not null,
    iri text not null,
    line integer not null,
    primary key (item_id, ordinal)
) strict, without rowid;

-- Every IRI that a declaration is of or that an axiom holds within an expression.
create table entity (
    id integer primary key,
    iri text not null unique,
    -- Its compact form by the prefixes of the ontology that spoke of it last.
    shown text not null
) strict;

create table declaration (
    item_id integer not null references item (id) on delete cascade,
    ordinal integer not null,
    ontology_id integer not null references ontology (id),
    entity_id integer not null references entity (id),
    kind text not null check (kind = 'Class' or kind = 'Datatype' or kind = 'ObjectProperty'
        or kind = 'DataProperty' or kind = 'AnnotationProperty' or kind = 'NamedIndividual'),
    annotations text,
    line integer not null,
    primary key (item_id, ordinal)
) strict, without rowid;
create index declaration_by_entity on declaration (entity_id, ontology_id);

-- An axiom, an annotation or a statement without a type. Its id is that of its item, times 2^24,
-- and its place there. IRIs stand alone as they are shown, in expressions as functional syntax
-- has them.
create table axiom (
    id integer primary key,
    -- No foreign key: it would need an index, which the order of ids is already.
    item_id integer not null generated always as (id >> 24) virtual,
    ontology_id integer not null references ontology (id),
    -- Null while the kind of a property that decides it is not known.
    axiom_type text,
    subject text not null,
    property text,
    object text,
    -- Its own annotations in functional syntax.
    annotations text,
    -- Which parts are IRIs: 1 subject, 2 property, 4 object.
    named integer not null check (named between 0 and 7),
    line integer not null
) strict;
create index axiom_by_subject on axiom (subject);
create index axiom_by_object on axiom (object);
create index axiom_without_type on axiom (id) where axiom_type is null;

-- The entities that an axiom holds in its property and within expressions.
create table axiom_entity (
    axiom_id integer not null references axiom (id) on delete cascade,
    entity_id integer not null references entity (id),
    primary key (axiom_id, entity_id)
) strict, without rowid;
create index axiom_entity_by_entity on axiom_entity (entity_id);

-- An axiom as it was stated, with a '?' where the kind of a property is to stand.
create table open_axiom (
    axiom_id integer primary key references axiom (id) on delete cascade,
    axiom_type text not null,
    subject text not null,
    object text
) strict;

-- The properties whose kinds it waits for, in the order of its '?'.
create table awaited_kind (
    axiom_id integer not null references open_axiom (axiom_id) on delete cascade,
    ordinal integer not null,
    entity_id integer not null references entity (id),
    primary key (axiom_id, ordinal)
) strict, without rowid;
create index awaited_kind_by_entity on awaited_kind (entity_id);

-- What a named class demands of a property.
create table restriction (
    axiom_id integer not null references axiom (id) on delete cascade,
    ordinal integer not null,
    subject text not null,
    property text not null,
    quantifier text not null
        check (quantifier = 'some' or quantifier = 'only' or quantifier = 'value'
            or quantifier = 'self' or quantifier = 'min' or quantifier = 'max'
            or quantifier = 'exactly'),
    cardinality integer,
    filler text,
    primary key (axiom_id, ordinal)
) strict, without rowid;

create table diagnostic (
    item_id integer not null references item (id) on delete cascade,
    ordinal integer not null,
    level text not null check (level = 'info' or level = 'warning' or level = 'error'),
    code text not null,
    line integer not null,
    message text not null,
    primary key (item_id, ordinal)
) strict, without rowid;

-- Documents ----------------------------------------------------------------------------

-- What a document can be, and what a word in each part of its text counts.
create table document_type (
    id integer primary key,
    name text not null unique,
    title_weight real not null,
    weight_1 real not null,
    weight_2 real not null,
    weight_3 real not null,
    weight_4 real not null
) strict;
insert into document_type values (1, 'page', 4, 1, 1, 1, 1), (2, 'class', 6, 2, 1, 1, 1),
    (3, 'ontology', 4, 1, 1, 1, 1);

-- What can be found of an item that is no page, by the item's id: a row, or an OWL document.
create table document (
    id integer primary key,
    type_id integer not null references document_type (id),
    title text,
    text_1 text,
    text_2 text,
    text_3 text,
    text_4 text,
    metadata text check (json_valid(metadata)),
    -- What an embedding is made of, where one is declared.
    embed text
) strict;

-- All that can be found, wherever its texts are kept. Ids are those of items and of claims.
create view searchable (id, type_id, title, text_1, text_2, text_3, text_4) as
select id, type_id, title, text_1, text_2, text_3, text_4 from document
union all
select page.item_id, 1, name.exact, coalesce(page.readable, page.content), null, null, null
from page join name on name.id = page.name_id
union all
select id, 2, label, comment, null, null, null from claim where not is_mention;

-- The words of all texts. Keeps no text itself, so whoever changes one says what it was.
create virtual table search using fts5 (
    title, text_1, text_2, text_3, text_4,
    content = 'searchable', content_rowid = 'id',
    tokenize = 'unicode61 remove_diacritics 2'
);
-- Segments of one level that are merged: with the usual four a first sync took an eighth longer.
insert into search (search, rank) values ('automerge', 8);

-- Derived ------------------------------------------------------------------------------

-- Exists exactly if it has a claim or is what a referenced name means; without a claim it is
-- a stub or a built-in term. Kept in the order of the key that others refer to it by.
create table class (
    ontology_id integer not null references ontology (id),
    id integer not null,
    iri text not null,
    class_iri text not null,
    label text not null,
    kind text not null check (kind = 'ordinary' or kind = 'stub' or kind = 'built_in'),
    primary key (ontology_id, id)
) strict, without rowid;
-- Stubs have one IRI in both columns, so the next index finds them; most classes are stubs.
create unique index class_by_iri on class (ontology_id, iri) where kind <> 'stub';
create index class_by_class_iri on class (class_iri);

-- Every name that is supplied, referenced, a page's, or a node of the graph. `class_id` is what references by
-- this name mean, null exactly if there are none. For references of an item that supplies
-- the name weakly itself there is a row of its own, with that item in `except_item`.
-- One index serves the fold, the exact form and uniqueness: each further one costs a page of
-- log a name.
create table name (
    id integer primary key,
    ontology_id integer not null references ontology (id),
    exact text not null,
    folded text not null,
    except_item integer not null default 0,
    class_id integer,
    unique (ontology_id, folded, exact, except_item),
    foreign key (ontology_id, class_id) references class (ontology_id, id)
) strict;
create index name_by_class on name (ontology_id, class_id) where class_id is not null;

-- The largest id that a forgotten name had. Ids are never used twice: those of pages are the
-- ids of graph nodes. Unlike SQLite's own sequence this is not written with every new name.
create table forgotten_name (
    id integer primary key check (id = 1),
    largest_id integer not null
) strict;
insert into forgotten_name (id, largest_id) values (1, 0);
create trigger name_forgotten before delete on name
begin
    update forgotten_name set largest_id = old.id where id = 1 and largest_id < old.id;
end;

-- What consumers read --------------------------------------------------------------------

create view owl_classes as
select
    ontology.name as ontology_id,
    class.class_iri,
    coalesce(claim.label, class.label) as label,
    claim.comment,
    item.git_sha1 as file_sha1,
    item.key as source_file,
    claim.properties,
    class.iri,
    class.kind = 'stub' as is_stub
from class
join ontology on ontology.id = class.ontology_id
left join claim
    on claim.ontology_id = class.ontology_id and claim.class_id = class.id and claim.is_shown
left join item on item.id = claim.item_id;

create view owl_class_hierarchy as
select distinct
    ontology.name as ontology_id,
    child.class_iri,
    parent.class_iri as parent_iri
from reference
join claim on claim.id = reference.claim_id
join class as child on child.ontology_id = claim.ontology_id and child.id = claim.class_id
join name on name.id = reference.name_id
join class as parent on parent.ontology_id = name.ontology_id and parent.id = name.class_id
join ontology on ontology.id = claim.ontology_id
where reference.predicate = 'is-subclass-of';

create view relation as
select distinct
    ontology.name as ontology_id,
    subject.class_iri,
    reference.predicate,
    target.class_iri as target_iri,
    reference.qualifier
from reference
join claim on claim.id = reference.claim_id
join class as subject on subject.ontology_id = claim.ontology_id and subject.id = claim.class_id
join name on name.id = reference.name_id
join class as target on target.ontology_id = name.ontology_id and target.id = name.class_id
join ontology on ontology.id = claim.ontology_id
where reference.predicate <> 'is-subclass-of';

-- Of several declarations of one property the one of the first file is shown.
create view owl_properties as
select
    ontology.name as ontology_id,
    shown.property_iri,
    shown.label,
    shown.kind as property_type,
    shown.domain,
    shown.range,
    shown.characteristics
from property_claim as shown
join ontology on ontology.id = shown.ontology_id
where (shown.item_id, shown.ordinal) = (
    select other.item_id, other.ordinal
    from property_claim as other
    join item on item.id = other.item_id
    join source on source.id = item.source_id
    where other.ontology_id = shown.ontology_id and other.iri = shown.iri
    order by item.key, source.name, other.ordinal
    limit 1
);

-- All axioms: those of documents and fences, and one for each parent that a property states.
create view owl_axioms as
select
    axiom.id,
    ontology.name as ontology_id,
    axiom.axiom_type,
    axiom.subject,
    axiom.object,
    axiom.annotations,
    0 as is_inferred,
    axiom.property,
    axiom.named,
    item.key as source_file,
    axiom.line
from axiom
join item on item.id = axiom.item_id
join ontology on ontology.id = axiom.ontology_id
where axiom.axiom_type is not null
union all
select
    -((reference.claim_id - (1 << 30)) * 1048576 + reference.ordinal),
    ontology.name,
    'SubClassOf',
    child.class_iri,
    parent.class_iri,
    null,
    0,
    null,
    5,
    item.key,
    reference.line
from reference
join claim on claim.id = reference.claim_id
join item on item.id = claim.item_id
join class as child on child.ontology_id = claim.ontology_id and child.id = claim.class_id
join name on name.id = reference.name_id
join class as parent on parent.ontology_id = name.ontology_id and parent.id = name.class_id
join ontology on ontology.id = claim.ontology_id
where reference.predicate = 'is-subclass-of' and not reference.is_axiom;

-- Statements that no axiom could be made of: their structure is broken, or nobody declares what
-- their property is.
create view untyped_statement as
select
    axiom.id,
    ontology.name as ontology_id,
    coalesce(open_axiom.axiom_type, '?') as stated_type,
    axiom.subject,
    axiom.property,
    axiom.object,
    item.key as source_file,
    axiom.line
from axiom
left join open_axiom on open_axiom.axiom_id = axiom.id
join item on item.id = axiom.item_id
join ontology on ontology.id = axiom.ontology_id
where axiom.axiom_type is null;

-- What is said of entities: the value as it is meant, with its language and its datatype.
create view annotation as
select
    id,
    ontology_id,
    subject,
    property,
    iif(quotes > 0, replace(replace(replace(
        substr(object, 2, quotes - 2), '\\', char(1)), '\"', '"'), char(1), '\'), object) as value,
    iif(substr(object, quotes + 1, 1) = '@', substr(object, quotes + 2), null) as language,
    iif(substr(object, quotes + 1, 2) = '^^', substr(object, quotes + 3), null) as datatype,
    source_file,
    line
from (
    select *, iif(substr(object, 1, 1) = '"', length(rtrim(object, replace(object, '"', ''))), 0)
        as quotes
    from owl_axioms
    where axiom_type in ('AnnotationAssertion', 'Annotation')
);

-- What is imported, with the file that it means, if that is here.
create view import as
select
    item.key as source_file,
    owl_import.iri,
    owl_import.line,
    coalesce(
        (
            select min(target.key)
            from owl_document
            join item as target on target.id = owl_document.item_id
            where owl_document.iri = owl_import.iri
        ),
        (
            select min(target.key)
            from owl_document
            join item as target on target.id = owl_document.item_id
            where owl_document.version_iri = owl_import.iri
        )
    ) as resolved_file
from owl_import
join item on item.id = owl_import.item_id;

create view owl_fence as
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

-- Where every page links to.
create view wikilink as
select
    page.item_id,
    link.value ->> 0 as target,
    link.value ->> 1 as line,
    link.value ->> 2 as count
from page
join json_each(page.links) as link;

-- Pages of the graph and what they link to. A node is a stub while no page has its name.
create view graph_node as
select
    name.id,
    ontology.name as ontology_id,
    name.exact as label,
    (
        select item.key from page join item on item.id = page.item_id
        where page.name_id = name.id order by item.key limit 1
    ) as source_file,
    not exists (select 1 from page where page.name_id = name.id) as is_stub
from name
join ontology on ontology.id = name.ontology_id
where name.id in (
    select name_id from page where is_graph union select name_id from graph_link
);

create view graph_edge as
select
    ontology.name as ontology_id,
    page.name_id as source_id,
    graph_link.name_id as target_id,
    sum(graph_link.count) as weight
from graph_link
join page on page.item_id = graph_link.item_id
join name on name.id = page.name_id
join ontology on ontology.id = name.ontology_id
group by page.name_id, graph_link.name_id;

-- Every property line of every page, as written.
create view page_property as
select item.key as source_file, claim.block, line.value ->> 'key' as key,
    line.value ->> 'value' as value, line.value ->> 'line' as line
from claim join item on item.id = claim.item_id join json_each(claim.properties) as line
union all
select item.key, null, line.value ->> 'key', line.value ->> 'value', line.value ->> 'line'
from page join item on item.id = page.item_id join json_each(page.properties) as line;
