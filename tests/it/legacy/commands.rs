//! `driftless import-legacy` as operators and CI see it.

use std::process::Stdio;

use driftless::legacy::Shape;
use driftless::store::{Durability, Store};
use serde_json::Value;

use super::Desk;

impl Desk {
    fn run(&self, arguments: &[&str]) -> (String, String, i32) {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_driftless"));
        program.current_dir(self.folder.path()).args(arguments).stdin(Stdio::null());
        for variable in ["DRIFTLESS_STORE", "DRIFTLESS_CONFIG", "RUST_LOG"] {
            program.env_remove(variable);
        }
        let ran = program.output().expect("it ran");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (text(ran.stdout), text(ran.stderr), ran.status.code().expect("it ended by itself"))
    }

    fn json(&self, arguments: &[&str]) -> (Value, i32) {
        let (out, err, code) = self.run(&[arguments, &["--json"]].concat());
        (serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e} in {out} {err}")), code)
    }
}

#[test]
fn an_import_is_shown_as_a_table_and_as_json() {
    let desk = Desk::filled(Shape::SourceFiles, 60);
    let (out, err, code) = desk.run(&["import-legacy", "old.db", "--into", "store.db"]);
    assert_eq!(code, 0, "{err}");
    for part in [
        "table",
        "taken over",
        "stubs",
        "duplicates",
        "not representable",
        "owl_class_hierarchy",
        "The store now",
        "--undo",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
    let (report, code) = desk.json(&["import-legacy", "old.db", "--into", "store.db"]);
    assert_eq!((code, &report["counters"]["unchanged"]), (0, &60.into()), "{report:#}");
    assert_eq!(report["shape"], "source_files");
    assert_eq!(report["tables"][0]["taken_over"], 60);
    let (status, _) = desk.json(&["status", "--store", "store.db"]);
    assert_eq!(status["jobs"][0]["kind"], "import");
    assert_eq!(status["attention"], Value::Array(Vec::new()));
}

#[test]
fn an_import_is_taken_back_by_the_command_that_it_shows() {
    let desk = Desk::filled(Shape::Graph, 10);
    let (out, ..) = desk.run(&["import-legacy", "old.db", "--store", "store.db"]);
    let line = out.lines().find(|line| line.starts_with("to take it back: ")).expect("a command");
    let words: Vec<_> = line.split(' ').skip_while(|word| *word != "import-legacy").collect();
    let (report, code) = desk.json(&words);
    assert_eq!((code, &report["undo"]), (0, &true.into()));
    assert_eq!(report["totals"]["nodes"], 0);
    assert_eq!(desk.json(&words).0["counters"]["deleted"], Value::Null, "nothing is left");
}

#[test]
fn what_could_not_be_taken_over_ends_with_1() {
    let desk = Desk::filled(Shape::Graph, 3);
    desk.change("insert into physics_settings values ('gravity', 9.81)");
    let (out, _, code) = desk.run(&["import-legacy", "old.db", "--into", "store.db"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("physics_settings  1 row  name, value"), "{out}");
}

#[test]
fn an_unknown_shape_ends_with_3_and_says_what_was_found() {
    let desk = Desk::filled(Shape::Graph, 1);
    desk.change("drop table graph_nodes");
    let (refused, code) = desk.json(&["import-legacy", "old.db", "--into", "store.db"]);
    assert_eq!((code, &refused["error"]["code"]), (3, &"unknown_shape".into()));
    let message = refused["error"]["message"].as_str().expect("a message");
    assert!(message.contains("graph_edges(id, source_id"), "{message}");
    assert!(message.contains("expected one of: "), "{message}");
    let (missing, code) = desk.json(&["import-legacy", "nowhere.db", "--into", "store.db"]);
    assert_eq!((code, &missing["error"]["code"]), (3, &"legacy_missing".into()));
}

#[test]
fn a_dry_run_without_a_store_makes_none() {
    let desk = Desk::filled(Shape::CompositeKey, 5);
    let (report, code) = desk.json(&["import-legacy", "old.db", "--into", "s.db", "--dry-run"]);
    assert_eq!((code, &report["dry_run"]), (0, &true.into()), "{report:#}");
    assert_eq!(report["totals"]["classes"], 5);
    let left = std::fs::read_dir(desk.folder.path()).expect("entries").count();
    assert_eq!(left, 1, "only the old database");
}

#[test]
fn a_store_that_another_process_writes_is_locked() {
    let desk = Desk::filled(Shape::CompositeKey, 5);
    let now = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_millis();
    let now = i64::try_from(now).expect("this millennium");
    let held = Store::open(&desk.store(), Durability::Normal, now).expect("the store");
    for more in [&[][..], &["--dry-run"], &["--undo"]] {
        let words = [&["import-legacy", "old.db", "--into", "store.db"], more].concat();
        let (refused, code) = desk.json(&words);
        assert_eq!((code, &refused["error"]["code"]), (3, &"locked".into()), "{more:?}");
    }
    drop(held);
}

#[test]
fn an_item_of_an_old_database_is_explained() {
    let desk = Desk::filled(Shape::SourceFiles, 3);
    desk.run(&["import-legacy", "old.db", "--into", "store.db"]);
    let (answer, code) = desk.json(&["explain", "pages/Class 1.md", "--store", "store.db"]);
    assert_eq!(code, 0, "{answer:#}");
    let item = &answer["items"][0];
    assert_eq!((&item["key"], &item["fix"]), (&"pages/Class 1.md".into(), &Value::Null));
    assert!(item["verdict"].as_str().is_some_and(|it| it.contains("old database")), "{item:#}");
}
