//! `explain`: how an item stands, why, and the command that changes it.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{Desk, FIXTURES};

fn explained(desk: &Desk, key: &str) -> Value {
    let (mut answer, code) = desk.json(&["explain", key]);
    assert_eq!(code, 0, "{answer:#}");
    answer["items"][0].take()
}

/// A store of one page.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.page("Dam.md", "public:: true\n");
    assert_eq!(desk.run(&["sync", "pages"]).code, 0);
    desk
}

/// Runs the command that an explanation gives, with the program under test.
fn run_fix(desk: &Desk, item: &Value) -> i32 {
    let fix = item["fix"].as_str().unwrap_or_else(|| panic!("no fix: {item:#}"));
    let program = format!("driftless() {{ '{}' \"$@\"; }}; {fix}", env!("CARGO_BIN_EXE_driftless"));
    let mut shell = Command::new("bash");
    shell.arg("-c").arg(program).current_dir(desk.folder.path());
    shell.output().expect("it ran").status.code().expect("it ended by itself")
}

#[test]
fn a_page_stored_as_it_stands_needs_nothing() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    let item = explained(&desk, "Dam.md");
    assert_eq!((&item["outcome"], &item["fix"]), (&"written".into(), &Value::Null));
    assert_eq!(item["fingerprint"], item["present"]["fingerprint"]);
    assert_eq!(item["classes"][0][0]["class_iri"], "mv:Dam");
    assert_eq!(explained(&desk, &format!("{FIXTURES}/Dam.md"))["key"], "Dam.md");
    assert_eq!(explained(&desk, "basics/River.md")["key"], "basics/River.md");
}

#[test]
fn an_edited_page_differs_by_content_and_its_fix_stores_it() {
    let desk = desk();
    desk.page("Dam.md", "public:: true\n- more\n");
    let item = explained(&desk, "pages/Dam.md");
    assert_eq!(item["differs_by"], serde_json::json!(["content"]));
    assert_eq!(run_fix(&desk, &item), 0);
    assert_eq!(explained(&desk, "Dam.md")["differs_by"], serde_json::json!([]));
}

#[test]
fn a_page_synced_with_flags_is_fixed_with_the_same_flags() {
    let desk = Desk::new();
    desk.page("Dam.md", "public:: true\n");
    desk.page("It's a Draft.txt", "public:: true\n");
    let flags = ["--include", "**/*.txt", "--ontology", "it's water", "--prefix", "ex=urn:x:"];
    desk.json(&[&["sync", "pages"], &flags[..]].concat());
    desk.page("It's a Draft.txt", "public:: true\n- more\n");
    let item = explained(&desk, "It's a Draft.txt");
    assert_eq!(item["differs_by"], serde_json::json!(["content"]));
    assert_eq!(run_fix(&desk, &item), 0);
    let (status, _) = desk.json(&["status"]);
    assert_eq!(status["sources"][0]["items"], 1, "the other file is still left out");
    assert_eq!(explained(&desk, "It's a Draft.txt")["fix"], Value::Null);
}

#[test]
fn a_page_too_large_is_fixed_by_allowing_its_size() {
    let desk = Desk::new();
    desk.page("Dam.md", &format!("public:: true\n{}", "- x\n".repeat(100)));
    desk.json(&["sync", "pages", "--max-item-bytes", "100"]);
    let item = explained(&desk, "Dam.md");
    assert_eq!(item["skip_reason"], "too_large");
    assert_eq!(run_fix(&desk, &item), 0);
    assert_eq!(explained(&desk, "Dam.md")["outcome"], "written");
}

#[test]
fn a_page_that_is_gone_is_deleted_by_its_fix() {
    let desk = desk();
    desk.page("Weir.md", "public:: true\n");
    desk.json(&["sync", "pages"]);
    fs::remove_file(desk.path("pages/Dam.md")).expect("gone");
    let item = explained(&desk, "pages/Dam.md");
    assert_eq!(item["present"]["state"], "absent");
    assert_eq!(run_fix(&desk, &item), 0);
    let item = explained(&desk, "Dam.md");
    assert_eq!((&item["outcome"], &item["fix"]), (&"deleted".into(), &Value::Null));
}

#[test]
fn a_rejected_page_says_why_and_how_often_it_was_tried() {
    let desk = desk();
    desk.page("Dam.md", "public:: true\n\0");
    desk.json(&["sync", "pages"]);
    let item = explained(&desk, "Dam.md");
    assert_eq!(
        (&item["outcome"], &item["rejected"]["code"]),
        (&"rejected".into(), &"not_text".into())
    );
    assert_eq!(item["differs_by"], serde_json::json!([]));
    desk.page("Dam.md", "public:: true\n- mended\n");
    let item = explained(&desk, "Dam.md");
    assert_eq!(item["differs_by"], serde_json::json!(["content"]));
    assert_eq!(run_fix(&desk, &item), 0);
    assert_eq!(explained(&desk, "Dam.md")["rejected"], Value::Null);
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_ones() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    let (refused, code) = desk.json(&["explain", "Dma.md"]);
    assert_eq!(code, 3);
    assert_eq!(refused["error"]["remedy"], "there are: Dam.md");
    let left_out = format!("{FIXTURES}/bak/Dam 2019.md");
    let (refused, _) = desk.json(&["explain", &left_out]);
    assert!(
        refused["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("not in the store yet"))
    );
}

#[test]
fn an_item_of_a_source_that_is_gone_is_still_explained() {
    let desk = desk();
    fs::rename(desk.path("pages"), desk.path("elsewhere")).expect("moved");
    let item = explained(&desk, "Dam.md");
    assert_eq!(item["present"]["error"]["code"], "source_gone");
    assert_eq!(item["outcome"], "written");
}

#[test]
fn what_an_item_states_in_owl_is_counted() {
    let desk = Desk::new();
    desk.run(&["sync", FIXTURES]);
    let rows = |item: &Value, tables: [&str; 4]| {
        let rows = item["rows"].as_array().expect("rows").clone();
        let of = |table| rows.iter().find(|row| row[0] == table).expect("the table")[1].clone();
        tables.map(of)
    };
    const TABLES: [&str; 4] = ["declarations", "axioms", "untyped", "imports"];
    let numbers = |numbers: [u64; 4]| numbers.map(Value::from);
    assert_eq!(rows(&explained(&desk, "Dam.md"), TABLES), numbers([1, 3, 0, 0]));
    desk.page(
        "a.ofn",
        "Ontology(<http://example.org/a> Import(<http://example.org/b>)\n\
         Declaration(Class(mv:Dam)) Declaration(Class(mv:Weir)) SubClassOf(mv:Dam mv:Weir)\n\
         AnnotationAssertion(rdfs:label mv:Dam \"Dam\") AnnotationAssertion(mv:note mv:Dam \"?\"))",
    );
    desk.run(&["sync", "pages"]);
    assert_eq!(rows(&explained(&desk, "a.ofn"), TABLES), numbers([2, 3, 0, 1]));
    let shown = desk.run(&["explain", "a.ofn"]).out;
    assert!(shown.contains("declarations 2, axioms 3, untyped 0, imports 1"), "{shown}");
}
