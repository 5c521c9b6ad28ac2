//! Imports that are repeated, tried, and taken back.

use driftless::engine::LegacyOptions;
use driftless::legacy::Shape;

use super::{DRY_RUN, Desk, UNDO};

const PAGES: [(&str, &str); 2] = [
    ("Dam.md", "public:: true\n- ### OntologyBlock\n\t- owl:class:: mv:Dam\n"),
    (
        "Weir.md",
        "public:: true\n- [[Dam]]\n- ### OntologyBlock\n\t- owl:class:: mv:Weir\n\
        \t- is-subclass-of:: [[http://example.org/water#Class1]]\n",
    ),
];

#[test]
fn a_second_import_of_the_same_rows_writes_nothing() {
    for shape in Shape::ALL {
        let desk = Desk::filled(shape, 60);
        let first = desk.import();
        let (before, written) = (desk.digest(), desk.ask("select max(written_at_ms) from item"));
        let second = desk.import();
        assert_eq!(second.counters.unchanged, first.counters.written, "{shape:?}");
        assert_eq!((second.counters.written, second.counters.deleted), (0, 0), "{shape:?}");
        assert_eq!(second.tables, first.tables);
        assert_eq!(desk.digest(), before);
        assert_eq!(desk.ask("select max(written_at_ms) from item"), written);
    }
}

#[test]
fn changed_rows_change_their_items_and_no_others() {
    let desk = Desk::filled(Shape::SourceFiles, 60);
    desk.import();
    desk.change(
        "update owl_classes set label = 'Changed' where iri like '%Class7';
        delete from owl_class_hierarchy where class_iri like '%Class8';
        delete from owl_classes where iri like '%Class59';
        insert into owl_classes (iri, label, source_file) values ('ex:New', 'New', 'a/New.md')",
    );
    let report = desk.import();
    let counters = &report.counters;
    // Of the class that is gone a place in the hierarchy is left, and an axiom: two items.
    assert_eq!((counters.written, counters.deleted, counters.unchanged), (5, 1, 57));
    assert_eq!(
        desk.ask("select label from owl_classes where class_iri like '%Class7'"),
        ["Changed"]
    );
    let fresh = Desk { folder: tempfile::tempdir().expect("a folder"), shape: desk.shape };
    std::fs::copy(desk.old(), fresh.old()).expect("copied");
    fresh.import();
    assert_eq!(desk.digest(), fresh.digest(), "not what a first import makes of it");
}

#[test]
fn an_import_taken_back_leaves_the_store_as_it_was() {
    for shape in Shape::ALL {
        let desk = Desk::filled(shape, 60);
        desk.sync(&PAGES);
        let before = desk.digest();
        desk.import();
        assert_ne!(desk.digest(), before);
        let undone = desk.attempt(UNDO).expect("a report");
        assert_eq!(desk.digest(), before, "{shape:?}");
        assert!(undone.counters.deleted > 0 && undone.shape.is_none());
        assert_eq!(desk.ask("select key from item where outcome = 'written'").len(), 2);
        // It can be brought again.
        desk.import();
        desk.attempt(UNDO).expect("a report");
        assert_eq!(desk.digest(), before, "{shape:?}");
    }
}

#[test]
fn an_import_can_be_taken_back_when_the_old_database_is_gone() {
    let desk = Desk::filled(Shape::CompositeKey, 20);
    desk.sync(&PAGES);
    let before = desk.digest();
    desk.import();
    std::fs::remove_file(desk.old()).expect("removed");
    desk.attempt(UNDO).expect("a report");
    assert_eq!(desk.digest(), before);
}

#[test]
fn what_was_never_imported_cannot_be_taken_back() {
    let desk = Desk::filled(Shape::CompositeKey, 2);
    let refused = desk.attempt(UNDO).expect_err("refused");
    assert_eq!(refused.code(), "unknown_name");
    assert_eq!(desk.ask("select count(*) from source"), ["0"]);
}

#[test]
fn a_dry_run_tells_what_an_import_would_and_commits_nothing() {
    for shape in Shape::ALL {
        let desk = Desk::filled(shape, 30);
        desk.sync(&PAGES);
        let before = desk.digest();
        let tried = desk.attempt(DRY_RUN).expect("a report");
        assert_eq!(desk.digest(), before);
        assert_eq!(desk.ask("select count(*) from source"), ["1"]);
        let done = desk.import();
        assert_eq!((tried.tables, tried.totals), (done.tables, done.totals), "{shape:?}");
        let undo = LegacyOptions { undo: true, ..DRY_RUN };
        let (imported, tried) = (desk.digest(), desk.attempt(undo).expect("a report"));
        assert_eq!((desk.digest(), tried.totals.classes), (imported, 2));
    }
}

#[test]
fn an_import_is_a_job_that_is_told_of() {
    let desk = Desk::filled(Shape::Graph, 10);
    desk.import();
    assert_eq!(
        desk.ask("select kind, state, total, source_version is not null from job"),
        ["import|completed|10|1"]
    );
}

#[test]
fn prefixes_of_the_store_are_those_that_are_shown() {
    let desk = Desk::filled(Shape::SourceFiles, 3);
    super::runtime().block_on(async {
        use driftless::config::Config;
        let mut config = Config::default();
        config.pages.prefixes.insert("wa", "http://example.org/water#");
        let engine = driftless::engine::Engine::open(desk.store(), config).await.expect("a store");
        let done = engine.import_legacy(desk.old(), LegacyOptions::default()).await;
        done.expect("a report");
        engine.close().await;
    });
    // Whoever has no such prefix does not change how others are shown.
    let report = desk.import();
    assert_eq!(report.counters.unchanged, 3);
    assert_eq!(desk.ask("select class_iri from owl_classes order by 1 limit 1"), ["wa:Class0"]);
}
