//! OWL documents and the axioms of fences, from files to rows.

mod hostile;
mod kinds;
mod mutations;
mod round_trip;
mod rules;

use std::fs;

use driftless::config::Config;
use driftless::owl::EntityKind;
use driftless::store::{SearchQuery, SearchSyntax};
use rusqlite::types::FromSql;

use crate::repository::{Repository, class};

const DOCUMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/owl-documents");

/// A repository of the fixtures' documents.
fn documents() -> Repository {
    let repository = Repository::empty();
    for entry in fs::read_dir(DOCUMENTS).expect("the fixtures") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
        repository.write(&name, fs::read(&path).expect("its content"));
    }
    repository
}

/// The first column of a query over a store.
fn column<T: FromSql>(repository: &Repository, sql: &str) -> Vec<T> {
    let tables = repository.tables();
    let mut statement = tables.prepare(sql).expect("a query");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("values")
}

fn number(repository: &Repository, sql: &str) -> i64 {
    column(repository, sql)[0]
}

#[tokio::test]
async fn documents_in_every_syntax_state_what_they_were_written_to_state() {
    let repository = documents();
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.counters.rejected), (15, 1));
    assert_eq!(repository.outcome("broken.rdf"), "rejected");
    let formats: Vec<String> =
        column(&repository, "select distinct format from owl_document order by 1");
    assert_eq!(
        formats,
        ["functional", "manchester", "n_triples", "obo", "owl_xml", "rdf_xml", "turtle"]
    );
    let classes = "select count(*) from owl_classes where not is_stub and iri like '%waterways%'";
    assert_eq!(number(&repository, classes), 59);
    let imports = "select count(distinct iri) from import where resolved_file is null";
    assert_eq!(number(&repository, imports), 1);
    let two_kinds = "select count(*) from (select iri from property_claim
        group by iri having count(distinct kind) > 1)";
    assert_eq!(number(&repository, two_kinds), 1);
}

#[tokio::test]
async fn every_triple_of_a_document_is_accounted_for() {
    let repository = documents();
    repository.sync().await;
    // As many as another reader of RDF finds.
    for (key, triples) in [
        ("gauges.rdf", 63),
        ("properties.ttl", 77),
        ("harbours.ttl", 135),
        ("tides.nt", 30),
        ("protege.owl", 30),
        ("misnamed.owl", 22),
        ("open.ttl", 31),
    ] {
        let sql = format!(
            "select triples ->> 'read' from owl_document join item on item.id = item_id
             where key = '{key}'"
        );
        assert_eq!(number(&repository, &sql), triples, "{key}");
    }
    let untyped: Vec<String> =
        column(&repository, "select distinct source_file from untyped_statement order by 1");
    assert_eq!(untyped, ["harbours.ttl", "open.ttl"]);
}

#[tokio::test]
async fn a_document_that_breaks_keeps_what_was_stored_of_it() {
    let repository = Repository::empty();
    let turtle = "@prefix ex: <http://example.org/> .\n\
                  @prefix owl: <http://www.w3.org/2002/07/owl#> .\nex:Dam a owl:Class .\n";
    repository.write("a.ttl", turtle);
    repository.sync().await;
    repository.write("a.ttl", format!("{turtle} ex:Dam"));
    let report = repository.sync().await;
    assert_eq!(report.counters.rejected, 1);
    let message = &report.errors[0];
    assert!(message.contains("line 4"), "{message}");
    assert_eq!(number(&repository, "select count(*) from owl_classes"), 1);
}

#[tokio::test]
async fn a_class_that_is_mentioned_is_shown_by_the_document_that_defines_it() {
    let repository = Repository::empty();
    repository.write("a.ofn", "SubClassOf(mv:Dam mv:Barrier)");
    repository.write("z.ofn", "Declaration(Class(mv:Dam))\nAnnotationAssertion(rdfs:label mv:Dam \"Dam\"@en)\nAnnotationAssertion(rdfs:comment mv:Dam \"Holds back a river.\")");
    repository.sync().await;
    let shown = |repository: &Repository| -> Vec<String> {
        column(
            repository,
            "select label || ' ' || coalesce(comment, '-') || ' ' || source_file
             from owl_classes where class_iri = 'mv:Dam'",
        )
    };
    assert_eq!(shown(&repository), ["Dam Holds back a river. z.ofn"]);
    let parents: Vec<String> = column(&repository, "select parent_iri from owl_class_hierarchy");
    assert_eq!(parents, ["mv:Barrier"]);
    // Its words come and go with what defines it; the store's rules see to the index.
    repository.write("z.ofn", "Declaration(Class(mv:Dam))");
    repository.sync().await;
    assert_eq!(shown(&repository), ["Dam - a.ofn"]);
    repository.write(
        "a.ofn",
        "SubClassOf(mv:Dam mv:Barrier) AnnotationAssertion(rdfs:label mv:Dam \"Barrage\")",
    );
    repository.sync().await;
    assert_eq!(shown(&repository), ["Barrage - a.ofn"]);
}

#[tokio::test]
async fn a_parent_that_only_an_iri_names_is_a_stub_with_that_iri_until_it_comes() {
    let repository = Repository::empty();
    repository.write(
        "a.ofn",
        "SubClassOf(mv:Dam <http://example.org/Barrier>) SubClassOf(mv:Dam mv:Thing)",
    );
    repository.sync().await;
    let stubs = "select class_iri from owl_classes where is_stub order by 1";
    assert_eq!(column::<String>(&repository, stubs), ["http://example.org/Barrier", "mv:Thing"]);
    repository.write("Thing.md", "- ### OntologyBlock\n\t- owl:class:: mv:Thing\n");
    repository.sync().await;
    assert_eq!(column::<String>(&repository, stubs), ["http://example.org/Barrier"]);
    repository.remove("Thing.md");
    repository.sync().await;
    assert_eq!(column::<String>(&repository, stubs), ["http://example.org/Barrier", "mv:Thing"]);
}

#[tokio::test]
async fn statements_that_consumers_run_find_their_rows_by_an_index() {
    let repository = documents();
    repository.sync().await;
    let tables = repository.tables();
    let sql = "explain query plan select id, axiom_type, subject, object, annotations
        from owl_axioms where subject = ?1 or object = ?1";
    let mut statement = tables.prepare(sql).expect("a plan");
    let steps: Vec<String> = statement
        .query_map(["mv:Dam"], |row| row.get("detail"))
        .expect("steps")
        .collect::<Result<_, _>>()
        .expect("texts");
    assert!(!steps.iter().any(|step| step.starts_with("SCAN axiom")), "{steps:#?}");
}

#[tokio::test]
async fn a_file_may_turn_from_a_document_into_a_page_and_back_again() {
    let repository = Repository::empty();
    let document = fs::read(format!("{DOCUMENTS}/core.ofn")).expect("a document");
    let page = class("Weir", &["Barrier"]).into_bytes();
    for (content, kept) in [(&document, [0, 1]), (&page, [1, 0]), (&document, [0, 1])] {
        repository.write("weir.ofn", content);
        assert_eq!(repository.sync().await.counters.written, 1);
        let rows = ["page", "document"].map(|it| format!("select count(*) from {it}"));
        assert_eq!(rows.map(|rows| number(&repository, &rows)), kept);
        assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
    }
}

#[tokio::test]
async fn an_iri_that_looks_like_a_prefixed_name_is_kept_apart_from_the_name() {
    let repository = Repository::empty();
    repository.write(
        "a.ttl",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
         @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         @prefix mv: <http://narrativegoldmine.com/metaverse#> .\n\
         <mv:A> a owl:Class ; rdfs:label \"raw\" .\nmv:A a owl:Class ; rdfs:label \"real\" .\n\
         <skos:Concept> a owl:Class ; rdfs:label \"not SKOS\" .\n\
         mv:Below a owl:Class ; rdfs:subClassOf <mv:A> .\n",
    );
    repository.sync().await;
    let shown = "select class_iri || ' ' || iri || ' ' || label from owl_classes order by 1";
    let expected = [
        "<mv:A> mv:A raw",
        "<skos:Concept> skos:Concept not SKOS",
        "mv:A http://narrativegoldmine.com/metaverse#A real",
        "mv:Below http://narrativegoldmine.com/metaverse#Below Below",
    ];
    assert_eq!(column::<String>(&repository, shown), expected);
    let parents: Vec<String> = column(&repository, "select parent_iri from owl_class_hierarchy");
    assert_eq!(parents, ["<mv:A>"]);
    let again = Repository::empty();
    let reader = repository.reader();
    let source = reader.sources().expect("sources").remove(0);
    let mut out = Vec::new();
    driftless::engine::export_turtle(&reader, source.id, &mut out).expect("exported");
    again.write("b.ttl", out);
    again.sync().await;
    assert_eq!(column::<String>(&again, shown), expected);
}

#[tokio::test]
async fn manchester_syntax_knows_its_prefixes_and_cardinalities_of_nothing_in_particular() {
    let repository = Repository::empty();
    repository.write(
        "a.omn",
        "Prefix: : <http://example.org/q#>\nOntology: <http://example.org/q>\n\
         ObjectProperty: :has\nClass: :C\nClass: :A\n    Annotations: rdfs:label \"a\"\n    \
         SubClassOf: :C and :has max 1 and :has only :C\nDataProperty: :d\n    Range: xsd:integer\n",
    );
    let report = repository.sync().await;
    assert_eq!(report.counters.rejected, 0, "{:?}", report.errors);
    let parts = "select object from owl_axioms where axiom_type = 'SubClassOf'";
    let q = "http://example.org/q#";
    assert_eq!(
        column::<String>(&repository, parts),
        [format!(
            "ObjectIntersectionOf(<{q}C> ObjectAllValuesFrom(<{q}has> <{q}C>) \
             ObjectMaxCardinality(1 <{q}has>))"
        )]
    );
    repository.write("a.omn", "Prefix: : <http://example.org/q#>\n\nClass: :A\n    Bad: x\n");
    let report = repository.sync().await;
    assert!(report.errors[0].contains("line 4: "), "{:?}", report.errors);
}

#[tokio::test]
async fn a_text_of_xml_may_come_in_parts_and_in_an_encoding_that_makes_no_difference() {
    let repository = Repository::empty();
    let rdf = |text: &str| {
        format!(
            "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
             xmlns:owl=\"http://www.w3.org/2002/07/owl#\" \
             xmlns:rdfs=\"http://www.w3.org/2000/01/rdf-schema#\">\n\
             <owl:Class rdf:about=\"http://example.org/A\"><rdfs:comment>{text}</rdfs:comment>\
             </owl:Class>\n<owl:Class rdf:about=\"http://example.org/B\"/></rdf:RDF>"
        )
    };
    let declaring = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n");
    let latin = [declaring("ISO-8859-1").into_bytes(), rdf("x").replace(">x<", ">\u{1}<").into()];
    let latin: Vec<u8> =
        latin.concat().into_iter().map(|byte| if byte == 1 { 0xe9 } else { byte }).collect();
    for (content, comment) in [
        (rdf("a <!-- x\n --> d").into_bytes(), "a  d"),
        (rdf("a <![CDATA[b < c]]> d").into_bytes(), "a b < c d"),
        (rdf("a <?x y?> d").into_bytes(), "a  d"),
        ((declaring("US-ASCII") + &rdf("x")).into_bytes(), "x"),
        ((declaring("utf-16") + &rdf("x")).into_bytes(), "x"),
        (latin, "é"),
    ] {
        repository.write("a.rdf", &content);
        let report = repository.sync().await;
        assert_eq!(report.counters.rejected, 0, "{comment}: {:?}", report.errors);
        let found = "select comment from owl_classes where comment is not null";
        assert_eq!(column::<String>(&repository, found), [comment]);
        let lines = content.iter().filter(|byte| **byte == b'\n').count() as i64;
        let line = "select max(line) from declaration";
        assert_eq!(number(&repository, line), lines + 1);
    }
}

#[tokio::test]
async fn what_begins_like_n_triples_may_go_on_as_turtle() {
    let repository = Repository::empty();
    let triple = "<http://x#a> <http://x#p> <http://x#b> .\n";
    repository.write("a.ttl", triple.repeat(30) + "<http://x#a> a <http://x#C> ; <http://x#p> 5 .");
    repository.write("b.nt", triple);
    repository.sync().await;
    let formats =
        "select key || ' ' || format from owl_document join item on id = item_id order by 1";
    assert_eq!(column::<String>(&repository, formats), ["a.ttl turtle", "b.nt n_triples"]);
}

#[test]
fn a_kind_is_known_by_its_name() {
    for kind in EntityKind::ALL {
        assert_eq!(EntityKind::named(kind.as_str()), Some(kind));
    }
}

#[tokio::test]
async fn every_label_in_every_language_is_found() {
    let repository = Repository::empty();
    repository.write(
        "a.ttl",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
         @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\
         <http://x#Dam> a owl:Class ; rdfs:label \"dam\"@en , \"Staudamm\"@de , \"barrage\"@fr ;\n\
             skos:prefLabel \"damm\"@sv .\n\
         <http://x#hoover> a owl:NamedIndividual , <http://x#Dam> ;\n\
             rdfs:label \"Hoover\" , \"Hooverdamm\"@de .\n",
    );
    repository.sync().await;
    let found = |word: &str| {
        let (text, types, filters) = (word.to_owned(), Vec::new(), Vec::new());
        let query = SearchQuery { text, syntax: SearchSyntax::Words, types, filters, limit: 9 };
        let hits = repository.reader().search(&query).expect("hits");
        hits.into_iter().map(|hit| hit.title.unwrap_or_default()).collect::<Vec<_>>()
    };
    for word in ["dam", "Staudamm", "barrage", "damm"] {
        assert_eq!(found(word), ["dam"], "{word}");
    }
    for word in ["Hoover", "Hooverdamm"] {
        assert_eq!(found(word), ["a.ttl"], "{word}");
    }
    // A document whose claim is not the one that is shown; and one that says the same once more.
    for key in ["b.ttl", "c.ttl"] {
        let other = "<http://x#Dam> a <http://www.w3.org/2002/07/owl#Class> ; \
                     <http://www.w3.org/2000/01/rdf-schema#label> \"tama\"@et , \"dam\"@nl .";
        repository.write(key, other);
    }
    repository.sync().await;
    assert_eq!((found("tama").len(), found("dam").len()), (1, 1), "one class, found once");
    repository.remove("b.ttl");
    repository.remove("c.ttl");
    // The store's rules see to it that the words go with what they were said of.
    repository.write("a.ttl", "<http://x#Dam> a <http://www.w3.org/2002/07/owl#Class> .");
    repository.sync().await;
    assert!(["Staudamm", "Hooverdamm"].into_iter().all(|word| found(word).is_empty()));
}
