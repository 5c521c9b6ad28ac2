//! What a store holds that nobody declares any more, and whether it is whole.

use std::fs;
use std::io::{Seek, SeekFrom, Write};

use super::Desk;

const CONFIGURATION: &str = "
sources:
  shop: {kind: sqlite, path: shop.db}
entities:
  person: {source: shop, table: people, title: name}
  post: {source: shop, table: posts, title: title}
";

const WITHOUT_PEOPLE: &str = "
sources:
  shop: {kind: sqlite, path: shop.db}
entities:
  post: {source: shop, table: posts, title: title}
";

/// A store of thirty people and two posts.
fn desk() -> Desk {
    let desk = Desk::new();
    let database = rusqlite::Connection::open(desk.path("shop.db")).expect("a database");
    database
        .execute_batch(
            "create table people (id integer primary key, name text);
             create table posts (id integer primary key, title text);
             insert into posts values (1, 'hello'), (2, 'farewell');
             with recursive n (i) as (select 1 union all select i + 1 from n where i < 30)
             insert into people select i, 'Private ' || i from n;",
        )
        .expect("tables");
    fs::write(desk.path("driftless.yaml"), CONFIGURATION).expect("a file");
    assert_eq!(desk.run(&["sync", "shop"]).code, 0);
    desk
}

#[test]
fn an_entity_that_is_no_longer_declared_is_told_and_can_be_removed() {
    let desk = desk();
    assert_eq!(desk.json(&["status"]).1, 0);
    fs::write(desk.path("driftless.yaml"), WITHOUT_PEOPLE).expect("a file");
    assert_eq!(desk.run(&["sync", "--all"]).code, 0);
    let (status, code) = desk.json(&["status"]);
    assert_eq!((code, &status["attention"][0]["code"]), (1, &"undeclared_source".into()));
    let remedy = status["attention"][0]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("driftless remove person"), "{remedy}");
    let (refused, code) = desk.json(&["remove", "person"]);
    assert_eq!((code, &refused["error"]["code"]), (3, &"deletions_withheld".into()));
    let remedy = refused["error"]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("--approve-deletions 30"), "{remedy}");
    let (dry, code) = desk.json(&["remove", "person", "--dry-run"]);
    assert_eq!((code, &dry["removal"]["items"]), (0, &30.into()));
    assert_eq!(desk.json(&["search", "private"]).1, 0, "nothing was removed yet");
    assert_eq!(desk.run(&["remove", "person", "--approve-deletions", "30"]).code, 0);
    let (found, code) = desk.json(&["search", "private"]);
    assert_eq!((code, found["hits"].as_array().map(Vec::len)), (1, Some(0)));
    assert_eq!(desk.json(&["search", "hello"]).1, 0);
    let (status, code) = desk.json(&["status"]);
    assert_eq!((code, status["sources"].as_array().map(Vec::len)), (0, Some(1)));
    assert_eq!(desk.run(&["check"]).out.trim(), "the store is whole");
    let (unknown, code) = desk.json(&["remove", "person"]);
    assert_eq!((code, &unknown["error"]["code"]), (3, &"unknown_name".into()));
    // It can come back.
    fs::write(desk.path("driftless.yaml"), CONFIGURATION).expect("a file");
    assert_eq!(desk.json(&["sync", "person"]).0["counters"]["written"], 30);
}

#[test]
fn a_source_of_files_is_removed_by_its_name_with_what_it_states() {
    let desk = Desk::new();
    desk.page("A.md", "public:: true\n- ### OntologyBlock\n  - ontology:: true\n  - term-id:: A\n");
    desk.page("B.md", "public:: true\n- see [[A]]\n");
    assert_eq!(desk.run(&["sync", "pages"]).code, 0);
    let name = desk.json(&["status"]).0["sources"][0]["name"].as_str().expect("a name").to_owned();
    assert_eq!(desk.run(&["remove", &name]).code, 0);
    let (status, _) = desk.json(&["status"]);
    assert_eq!(status["sources"].as_array().map(Vec::len), Some(0));
    assert_eq!(desk.json(&["check"]).1, 0);
}

#[test]
fn a_damaged_store_is_found_and_the_remedy_makes_a_new_one() {
    let desk = desk();
    assert_eq!(desk.json(&["check"]).1, 0);
    let store = rusqlite::Connection::open(desk.path("driftless.db")).expect("the store");
    store.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).expect("a checkpoint");
    let page = "select rootpage from sqlite_schema where name = 'document'";
    let page: u32 = store.query_row(page, [], |row| row.get(0)).expect("a page");
    drop(store);
    let mut file = fs::OpenOptions::new().write(true).open(desk.path("driftless.db"));
    let file = file.as_mut().expect("the store");
    file.seek(SeekFrom::Start(u64::from(page - 1) * 2048)).expect("a place");
    file.write_all(&[0; 8]).expect("damage");
    let (answer, code) = desk.json(&["check"]);
    assert_eq!((code, &answer["is_whole"]), (1, &false.into()), "{answer}");
    let told = desk.run(&["check"]).out;
    assert!(told.contains("put the file aside"), "{told}");
    let (failed, _) = desk.json(&["sync", "shop", "--force"]);
    let remedy = failed["syncs"][0]["error"]["remedy"].as_str().unwrap_or_default();
    assert!(remedy.contains("put the file aside"), "{failed}");
}

#[test]
fn one_entity_of_a_database_or_ten_give_an_answer_of_one_shape() {
    let desk = desk();
    let (two, _) = desk.json(&["sync", "shop"]);
    assert_eq!(two["syncs"].as_array().map(Vec::len), Some(2));
    assert_eq!(two["counters"]["unchanged"], 32);
    fs::write(desk.path("driftless.yaml"), WITHOUT_PEOPLE).expect("a file");
    let (one, _) = desk.json(&["sync", "shop"]);
    assert_eq!(one["syncs"].as_array().map(Vec::len), Some(1));
    assert_eq!(desk.json(&["sync", "post"]).0["state"], "completed");
    fs::write(desk.path("driftless.yaml"), CONFIGURATION).expect("a file");
    let told = desk.run(&["sync", "shop"]).out;
    assert!(told.contains("2 sources, 32 items: written 0, unchanged 32"), "{told}");
}

#[test]
fn an_entity_that_pauses_itself_keeps_no_other_from_its_turn() {
    let desk = desk();
    let database = rusqlite::Connection::open(desk.path("shop.db")).expect("a database");
    let bad = "create table bad (id integer primary key, name text, n integer);
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 300)
        insert into bad select i, 'bad ' || i, 'x' from n; insert into posts values (3, 'third')";
    database.execute_batch(bad).expect("a table");
    let bad =
        "  bad: {source: shop, table: bad, title: name, metadata: [{name: n, type: integer}]}";
    let file = CONFIGURATION.replace("entities:\n", &format!("entities:\n{bad}\n"));
    fs::write(desk.path("driftless.yaml"), file).expect("a file");
    let (answer, code) = desk.json(&["sync", "shop"]);
    assert_eq!((code, &answer["syncs"][0]["state"]), (2, &"paused".into()));
    assert_eq!(answer["syncs"].as_array().map(Vec::len), Some(3));
    assert_eq!(answer["syncs"][2]["counters"]["written"], 1);
    // Each rejected row is in the report, and none of them a line of its own beside it.
    assert!(!desk.run(&["sync", "shop", "-q"]).err.contains("WARN"), "rejections are not warnings");
}

#[test]
fn what_to_do_is_a_command_on_the_store_at_hand() {
    let desk = Desk::new();
    desk.page("bad.owl", "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">");
    let (answer, code) = desk.json(&["sync", "pages", "--store", "w.db"]);
    assert_eq!(code, 1);
    let remedy = answer["attention"][0]["remedy"].as_str().expect("a remedy");
    assert_eq!(remedy, "see `driftless dead-letters --store w.db`");
    let (missing, _) = desk.json(&["status", "--store", "no.db"]);
    let remedy = missing["error"]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("`driftless sync --store no.db`"), "{remedy}");
}

#[test]
fn keys_that_are_asked_for_are_counted_by_their_own_reasons() {
    let desk = Desk::new();
    desk.page("A.md", "public:: true\n- a\n");
    desk.page("notes.md", "nothing of interest\n");
    assert_eq!(desk.run(&["sync", "pages"]).code, 0);
    let (answer, _) = desk.json(&["sync", "pages", "--keys", "Nope.md"]);
    assert_eq!(answer["counters"]["skipped"], 1);
    assert_eq!(answer["skips"], serde_json::json!([["vanished", 1]]));
}

#[test]
fn an_address_that_was_pasted_is_told_how_it_is_written() {
    let desk = Desk::new();
    for url in ["https://github.com/acme/ontology", "git@github.com:acme/ontology.git"] {
        let (answer, code) = desk.json(&["sync", url]);
        assert_eq!((code, &answer["error"]["code"]), (3, &"unknown_name".into()));
        let remedy = answer["error"]["remedy"].as_str().expect("a remedy");
        assert!(remedy.contains("`driftless sync github:acme/ontology`"), "{remedy}");
    }
    fs::write(desk.path("notes.txt"), "no database, and long enough to have a header")
        .expect("a file");
    let (answer, _) = desk.json(&["discover", "notes.txt"]);
    let remedy = answer["error"]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("SQLite"), "{remedy}");
    assert!(desk.run(&["sync", "--help"]).out.contains("github:OWNER/REPO"));
    assert!(desk.run(&["--help"]).out.contains("PostgreSQL"));
}

#[test]
fn a_longer_row_is_left_out_told_and_taken_in_once_the_limit_is_raised() {
    let desk = desk();
    let database = rusqlite::Connection::open(desk.path("shop.db")).expect("a database");
    database.execute("insert into posts values (9, hex(zeroblob(5000000)))", []).expect("a row");
    let (answer, code) = desk.json(&["sync", "post"]);
    assert_eq!((code, &answer["attention"][0]["code"]), (1, &"too_large_items".into()));
    let (answer, code) = desk.json(&["sync", "post", "--max-item-bytes", "20000000"]);
    assert_eq!((code, &answer["counters"]["written"]), (0, &1.into()));
}
