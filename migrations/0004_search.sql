-- Words of all scripts: the index is given texts by `search_words`, a function of this program,
-- which takes off marks that words may be written without and makes pairs of signs of runs
-- without spaces. Marks that are left belong to their words.

-- A document without metadata is whole by any SQLite: before 3.45 `json_valid(null)` was false, and
-- its integrity check called every such document damaged.
create table document_before as select * from document;
drop table document;
create table document (
    id integer primary key,
    type_id integer not null references document_type (id),
    title text,
    text_1 text,
    text_2 text,
    text_3 text,
    text_4 text,
    metadata text check (metadata is null or json_valid(metadata)),
    -- What an embedding is made of, where one is declared.
    embed text
) strict;
insert into document select * from document_before;
drop table document_before;

-- The same of OWL documents that are not RDF and have no triples.
create table owl_document_before as select * from owl_document;
drop table owl_document;
create table owl_document (
    item_id integer primary key references item (id) on delete cascade,
    ontology_id integer not null references ontology (id),
    format text not null,
    iri text,
    version_iri text,
    -- Of RDF: how its triples were accounted for.
    triples text check (triples is null or json_valid(triples)),
    check (triples is null or triples ->> 'read' = (triples ->> 'typed')
        + (triples ->> 'awaiting') + (triples ->> 'untyped') + (triples ->> 'repeated'))
) strict;
insert into owl_document select * from owl_document_before;
drop table owl_document_before;
create index owl_document_by_iri on owl_document (iri);
create index owl_document_by_version on owl_document (version_iri);

create view search_text (id, title, text_1, text_2, text_3, text_4) as
select id, search_words(title), search_words(text_1), search_words(text_2),
    search_words(text_3), search_words(text_4)
from searchable;

drop table search;
create virtual table search using fts5 (
    title, text_1, text_2, text_3, text_4,
    content = 'search_text', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co M*'"
);
insert into search (search, rank) values ('automerge', 8);
insert into search (search) values ('rebuild');
