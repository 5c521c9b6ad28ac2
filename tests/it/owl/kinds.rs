//! Statements whose type depends on what a property is declared to be, wherever that is.

use std::collections::BTreeMap;

use driftless::item::ItemKey;
use driftless::parse::Parser;
use driftless::parse::file::FileParser;
use driftless::parse::page::PageSettings;
use driftless::store::{delete, states};
use proptest::prelude::*;
use proptest::test_runner::Config as Cases;

use super::column;
use crate::hand_fed::HandFed;
use crate::repository::Repository;

const HEAD: &str = "@prefix ex: <http://example.org/> .\n\
    @prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n";

/// What speaks of `ex:p` without saying what it is.
const USES: &str = "ex:a ex:p ex:b . ex:A a owl:Class ; rdfs:subClassOf \
    [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ] . ex:p rdfs:domain ex:A .";

fn types(repository: &Repository) -> Vec<String> {
    column(
        repository,
        "select coalesce(axiom_type, '?') || ' ' || coalesce(object, '') from axiom
         where property = 'http://example.org/p' or subject = 'http://example.org/p'
            or object like '%http://example.org/p%' order by 1",
    )
}

#[tokio::test]
async fn a_statement_has_the_type_that_another_file_gives_its_property() {
    for declaring in ["a.ttl", "z.ttl"] {
        let repository = Repository::empty();
        repository.write("m.ttl", format!("{HEAD}{USES}"));
        repository.sync().await;
        assert_eq!(
            types(&repository),
            [
                "? ?SomeValuesFrom(<http://example.org/p> <http://example.org/B>)",
                "? http://example.org/A",
                "? http://example.org/b",
            ]
        );
        let declare = |kind: &str| format!("{HEAD}ex:p a owl:{kind} .");
        repository.write(declaring, declare("ObjectProperty"));
        repository.sync().await;
        assert_eq!(
            types(&repository),
            [
                "ObjectPropertyAssertion http://example.org/b",
                "ObjectPropertyDomain http://example.org/A",
                "SubClassOf ObjectSomeValuesFrom(<http://example.org/p> <http://example.org/B>)",
            ]
        );
        repository.write(declaring, declare("AnnotationProperty"));
        repository.sync().await;
        let annotated = types(&repository);
        assert!(
            annotated.contains(&"AnnotationAssertion http://example.org/b".to_owned()),
            "{annotated:?}"
        );
        repository.remove(declaring);
        repository.sync().await;
        assert!(types(&repository).iter().all(|it| it.starts_with('?')));
    }
}

#[tokio::test]
async fn an_assertion_that_its_property_cannot_make_stays_without_a_type() {
    let repository = Repository::empty();
    repository.write("m.ttl", format!("{HEAD}ex:a ex:p \"x\" , ex:b ."));
    let assertions = |kind: &str| {
        repository.write("n.ttl", format!("{HEAD}ex:p a owl:{kind} ."));
        let repository = &repository;
        async move {
            repository.sync().await;
            types(repository)
        }
    };
    let (literal, individual) = ("\"x\"", "http://example.org/b");
    assert_eq!(
        assertions("ObjectProperty").await,
        [format!("? {literal}"), format!("ObjectPropertyAssertion {individual}")]
    );
    assert_eq!(
        assertions("DatatypeProperty").await,
        [format!("? {individual}"), format!("DataPropertyAssertion {literal}")]
    );
}

#[tokio::test]
async fn of_two_declarations_the_one_of_the_first_path_counts() {
    let repository = Repository::empty();
    repository.write("m.ttl", format!("{HEAD}ex:a ex:p ex:b ."));
    repository.write("n.ttl", format!("{HEAD}ex:p a owl:ObjectProperty ."));
    repository.write("o.ttl", format!("{HEAD}ex:p a owl:AnnotationProperty ."));
    repository.sync().await;
    assert_eq!(types(&repository), ["ObjectPropertyAssertion http://example.org/b"]);
    repository.write("a.ttl", format!("{HEAD}ex:p a owl:AnnotationProperty ."));
    repository.sync().await;
    assert_eq!(types(&repository), ["AnnotationAssertion http://example.org/b"]);
}

/// What a file may hold; together they declare, use, and disagree.
const PIECES: [&str; 12] = [
    "ex:p a owl:ObjectProperty .",
    "ex:p a owl:DatatypeProperty .",
    "ex:p a owl:AnnotationProperty .",
    "ex:q a owl:ObjectProperty .",
    "ex:a ex:p ex:b .",
    "ex:a ex:q \"five\" .",
    "ex:A a owl:Class ; rdfs:label \"A\" ; rdfs:subClassOf ex:B .",
    "ex:A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom [ a \
     owl:Restriction ; owl:onProperty ex:q ; owl:allValuesFrom ex:B ] ] .",
    "ex:p rdfs:subPropertyOf ex:q .",
    "ex:B a owl:Class ; rdfs:comment \"What it is.\" .",
    "ex:A owl:equivalentClass [ owl:intersectionOf ( ex:B [ a owl:Restriction ; owl:onProperty \
     ex:q ; owl:minCardinality 1 ] ) ] .",
    "ex:q rdfs:range ex:A .",
];

const KEYS: [&str; 5] = ["a.ttl", "b.ttl", "m/c.ttl", "y.ttl", "z.ttl"];

/// A file gets these pieces, or goes.
type Step = (usize, Option<Vec<usize>>);

fn step() -> impl Strategy<Value = Step> {
    let pieces = proptest::collection::vec(0..PIECES.len(), 1..5);
    (0..KEYS.len(), proptest::option::weighted(0.8, pieces))
}

fn text(pieces: &[usize]) -> String {
    pieces.iter().fold(HEAD.to_owned(), |text, at| text + PIECES[*at] + "\n")
}

async fn store_of(files: &[(usize, String)]) -> HandFed {
    let mut store = HandFed::new(FileParser::new(PageSettings::default()).reading());
    let feed = store.feed("source", "default").await;
    for (at, text) in files {
        let write = store.page(feed, KEYS[*at], text.as_bytes());
        store.apply(vec![write]).await;
    }
    store
}

proptest! {
    #![proptest_config(Cases { cases: std::env::var("PROPTEST_CASES").ok()
        .and_then(|it| it.parse().ok()).unwrap_or(60), ..Cases::default() })]

    /// Whatever was declared, changed and deleted in whatever order: the store is what the
    /// files that are left make of it in any order.
    #[test]
    fn the_order_of_declarations_and_uses_makes_no_difference(
        steps in proptest::collection::vec(step(), 1..14)
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (walked, rebuilt, wrong) = runtime.block_on(async {
            let mut store = HandFed::new(FileParser::new(PageSettings::default()).reading());
            let feed = store.feed("source", "default").await;
            let mut files = BTreeMap::new();
            for (at, pieces) in &steps {
                match pieces {
                    Some(pieces) => {
                        let text = text(pieces);
                        let write = store.page(feed, KEYS[*at], text.as_bytes());
                        store.apply(vec![write]).await;
                        files.insert(*at, text);
                    }
                    None if files.remove(at).is_some() => {
                        let key = ItemKey::new(KEYS[*at]);
                        let gone = store.store.writer().transact(move |tx| {
                            let known = states(tx, feed.source.id, "", None, 100)?;
                            let state = known.iter().find(|it| it.key == key).expect("known");
                            delete(tx, feed.source, &[state.id], feed.job_id, 0)
                        });
                        gone.await.expect("deleted");
                    }
                    None => {}
                }
            }
            let wrong = store.store.violations().await.expect("checked");
            let backwards: Vec<_> = files.into_iter().rev().collect();
            let other = store_of(&backwards).await;
            (store.digest(), other.digest(), wrong)
        });
        prop_assert_eq!(wrong, Vec::<String>::new());
        prop_assert_eq!(walked, rebuilt);
    }
}
