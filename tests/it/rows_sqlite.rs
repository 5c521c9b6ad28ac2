//! Rows of an SQLite database as a source.

use std::sync::Arc;

use driftless::entity::Entity;
use driftless::item::ItemKey;
use driftless::row::Kind;
use driftless::source::rows::{Restriction, Rows};
use driftless::source::sqlite::{Sqlite, SqliteSettings};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::Connection;
use rusqlite::types::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::row_walk::{
    all, entity, keys, pages_through, pinned, query, refusal, rest, titles, values,
};

/// The shop of the fixtures.
const SHOP: &str = include_str!("../../fixtures/shop/sqlite.sql");

/// Cases for each type of key. Each is a table of some values, so that these are hundreds.
const CASES: u32 = 24;

/// A database of its own for one test.
struct TestDatabase {
    /// Its owner's connection: the application.
    owner: Connection,
    sqlite: Arc<Sqlite>,
    _folder: TempDir,
}

impl TestDatabase {
    fn of(sql: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("shop.db");
        let owner = Connection::open(&path).expect("a database");
        owner.execute_batch(sql).expect("the database's statements");
        Self { owner, sqlite: Sqlite::new(SqliteSettings { path }), _folder: folder }
    }

    fn rows(&self, entity: Entity) -> Rows {
        self.sqlite.rows(entity).expect("rows")
    }

    async fn refused(&self, entity: Entity) -> String {
        let error = refusal(&self.rows(entity)).await;
        assert_eq!(error.code(), "bad_setting", "{error}");
        error.to_string()
    }
}

/// A table whose key is defined like this, filled and read again and again.
fn pages_of(key: &str, strategy: impl Strategy<Value = Value>) {
    let runtime = Runtime::new().expect("a runtime");
    let database = TestDatabase::of(&format!("create table things (key {key}, label text)"));
    // Without a declared key the order is that of the rowid, which the row was given.
    let order = if key.contains("primary key") { "key" } else { "rowid" };
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let cases = (prop::collection::vec(strategy, 0..40), 1..8usize);
    let held = runner.run(&cases, |(given, page)| {
        let transaction = database.owner.unchecked_transaction().expect("a transaction");
        transaction.execute("delete from things", []).expect("emptied");
        for (at, value) in (0i64..).zip(&given) {
            let insert = "insert or ignore into things values (?1, 'row ' || ?2)";
            transaction.execute(insert, (value, at)).expect("inserted");
        }
        transaction.commit().expect("committed");
        let in_order = format!("select label from things order by {order}");
        let mut statement = database.owner.prepare(&in_order).expect("a statement");
        let labels = statement.query_map([], |row| row.get(0)).expect("labels");
        let labels: Vec<String> = labels.collect::<Result<_, _>>().expect("labels");
        let rows = database.rows(entity("things", &["label"])).by_pages_of(page);
        runtime.block_on(pages_through(&rows, &labels));
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{key}: {error}"));
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![any::<String>(), "[aAbBäÄ ,'\"\\\\0-9-]{0,4}"].prop_map(Value::Text)
}

fn bytes() -> impl Strategy<Value = Value> {
    prop::collection::vec(any::<u8>(), 0..4).prop_map(Value::Blob)
}

fn real() -> impl Strategy<Value = Value> {
    any::<f64>().prop_filter("a number", |number| !number.is_nan()).prop_map(Value::Real)
}

fn integer() -> impl Strategy<Value = Value> {
    prop_oneof![-20..20i64, any::<i64>()].prop_map(Value::Integer)
}

#[test]
fn integers_come_in_the_order_of_numbers() {
    pages_of("integer primary key", integer());
}

#[test]
fn texts_come_in_the_order_of_their_collation() {
    pages_of("text not null primary key", text());
    pages_of("text collate nocase not null primary key", text());
    pages_of("text collate rtrim not null primary key", text());
}

#[test]
fn reals_come_in_the_order_of_numbers() {
    pages_of("real not null primary key", real());
}

#[test]
fn bytes_come_in_their_order() {
    pages_of("blob not null primary key", bytes());
}

#[test]
fn a_column_of_no_type_is_ordered_by_type_and_then_by_value() {
    pages_of("not null primary key", prop_oneof![integer(), text(), bytes(), real()]);
}

#[test]
fn rows_without_a_key_come_by_their_rowid() {
    pages_of("text", text());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_several_columns_come_in_the_order_of_all_of_them() {
    let database = TestDatabase::of(SHOP);
    let expected = ["5001,1", "5001,2", "5002,1", "5002,2", "5002,10", "5003,1", "5004,1"];
    let lines = entity("order_lines", &["quantity", "remark"]);
    for page in [1, 2, 3, 500] {
        let rows = database.rows(lines.clone()).by_pages_of(page);
        assert_eq!(keys(&all(&rows).await), expected, "by {page}");
    }
    let rows = database.rows(lines).by_pages_of(2);
    pages_through(&rows, &["25", "4", "1", "40", "1", "1", "1"].map(str::to_owned)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_value_has_its_canonical_form_whatever_its_column_declares() {
    let database = TestDatabase::of(SHOP);
    let columns = ["label", "an_integer", "a_real", "a_text", "a_blob"];
    let listed = all(&database.rows(entity("everything", &columns))).await;
    let found: Vec<Vec<_>> = listed.iter().map(|row| values(row)[1..].to_vec()).collect();
    let is = |kind, form: &[u8]| (kind, form.to_vec());
    assert_eq!(
        found[0],
        [
            is(Kind::Integer, b"-42"),
            is(Kind::Float, b"0.1"),
            is(Kind::Text, b"Tide turns at noon."),
            is(Kind::Bytes, &[0, 0xff]),
        ]
    );
    assert_eq!(
        found[1],
        [
            is(Kind::Integer, b"9223372036854775807"),
            is(Kind::Float, b"1e300"),
            is(Kind::NotUtf8, b"Caf\xe9"),
            is(Kind::Bytes, b""),
        ]
    );
    assert_eq!(
        found[2],
        [
            is(Kind::Integer, b"-9223372036854775808"),
            is(Kind::Float, b"-Infinity"),
            is(Kind::Text, b""),
            is(Kind::Bytes, b"ab"),
        ]
    );
    assert_eq!(found[3], vec![is(Kind::Null, b""); 4]);
    assert_eq!(
        found[4],
        [
            is(Kind::Text, b"seven"),
            is(Kind::Text, b"eight"),
            is(Kind::Text, b"9"),
            is(Kind::Text, b"ten"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_come_and_go_between_pages_hide_none_that_stood_throughout() {
    let database = TestDatabase::of(
        "create table things (id integer primary key, label text not null); \
         with recursive n (id) as (values (-20) union all select id + 1 from n where id < 20) \
         insert into things select id * 10, 'stands' from n",
    );
    let mut listing =
        pinned(&database.rows(entity("things", &["label"])).by_pages_of(4)).await.list();
    let mut seen = Vec::new();
    for step in 0i64.. {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
        let (low, high) = (-205 + step * 10, 195 - step * 10);
        let change = format!(
            "delete from things where label = 'passing' and id % 3 = 0; \
             insert or ignore into things values ({low}, 'passing'), ({high}, 'passing'), \
             (1000 + {step}, 'behind the bound')"
        );
        database.owner.execute_batch(&change).expect("changed");
    }
    let stands: Vec<_> = seen
        .iter()
        .zip(titles(&seen))
        .filter(|(_, title)| title == "stands")
        .map(|(listed, _)| listed.key.as_str().parse::<i64>().expect("a number"))
        .collect();
    assert_eq!(stands, (-20..=20).map(|id| id * 10).collect::<Vec<_>>());
    assert!(!titles(&seen).contains(&"behind the bound".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_a_view_and_a_query_are_read_by_their_keys() {
    let database = TestDatabase::of(SHOP);
    let mut product = entity("products", &["name"]);
    product.filter = Some("deleted_at is null -- not sold any more".to_owned());
    product.version = Some("updated_at".to_owned());
    let rows = database.rows(product);
    assert_eq!(all(&rows).await.len(), 11);
    assert_eq!(pinned(&rows).await.count().await, Some(11));
    let bounds = Restriction {
        condition: Some("category <> 'lamps'".to_owned()),
        since: Some("2024-04-11".to_owned()),
        before: Some("2024-05-21".to_owned()),
    };
    assert_eq!(keys(&all(&rows.restricted(bounds)).await), ["108", "109"]);
    let mut view = entity("cheap_products", &["name"]);
    view.key = vec!["id".to_owned()];
    assert_eq!(keys(&all(&database.rows(view).by_pages_of(2)).await), ["101", "102", "103", "110"]);
    let text = "select sku, name from products where stock > 40;";
    let rows = database.rows(query(text, &["sku"], &["name"])).by_pages_of(1);
    let listed = rest(pinned(&rows).await.list()).await;
    assert_eq!(keys(&listed), ["CHART-1", "ROPE-10", "ROPE-14"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_told_with_what_does() {
    let database = TestDatabase::of(SHOP);
    let lacks = database.refused(entity("produce", &["name"])).await;
    assert!(lacks.contains("orders, products, reviews"), "{lacks}");
    let lacks = database.refused(entity("products", &["colour"])).await;
    assert!(lacks.contains("no column colour; there are: id, sku, name"), "{lacks}");
    let mut by_name = entity("products", &["name"]);
    by_name.key = vec!["name".to_owned()];
    let lacks = database.refused(by_name).await;
    assert!(lacks.contains("its unique keys: [id], [sku]"), "{lacks}");
    let lacks = database.refused(query("select 1 as one", &["two"], &["one"])).await;
    assert!(lacks.contains("the query has no column two; there are: one"), "{lacks}");
    let mut wrong = entity("products", &["name"]);
    wrong.filter = Some("colour = 'red'".to_owned());
    let lacks = database.refused(wrong).await;
    assert!(lacks.contains("no such column: colour"), "{lacks}");
    let mut wrong = entity("products", &["name"]);
    // Taken as it is, it would undo the range of a page.
    wrong.filter = Some("true) or (true".to_owned());
    let lacks = database.refused(wrong).await;
    assert!(lacks.contains("syntax error"), "{lacks}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_no_key_is_the_key_of_no_row() {
    let database = TestDatabase::of(SHOP);
    for (table, column, key, is_there) in [
        ("products", "name", "101", true),
        ("products", "name", "\"101\"", false),
        ("products", "name", "rope", false),
        ("products", "name", "x'00'", false),
        ("orders", "note", "1,2", false),
        ("seals", "owner", "x'00ff'", true),
        ("seals", "owner", "x'00fe'", false),
        ("reviews", "body", "ZULU", false),
    ] {
        let pinned = pinned(&database.rows(entity(table, &[column]))).await;
        assert_eq!(pinned.has(&ItemKey::new(key)).await, Ok(is_there), "{table} {key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_told_with_their_columns_and_keys() {
    let database = TestDatabase::of(SHOP);
    let tables = database.sqlite.tables().await.expect("tables");
    let keys = |name: &str| {
        let table = tables.iter().find(|table| table.name == name).expect("a table");
        let names = |key: &driftless::source::rows::TableKey| {
            key.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(",")
        };
        table.keys.iter().map(names).collect::<Vec<_>>()
    };
    assert_eq!(tables.len(), 11);
    assert_eq!(keys("products"), ["id", "sku"]);
    assert_eq!(keys("order_lines"), ["order_id,line"]);
    assert_eq!(keys("visits"), ["rowid"]);
    assert_eq!(keys("cheap_products"), Vec::<String>::new());
}

/// Whatever a database holds, as text.
fn dump(database: &rusqlite::Connection) -> Vec<String> {
    let mut names = database
        .prepare("select name from sqlite_schema where type in ('table', 'view') order by name")
        .expect("tables");
    let names = names.query_map([], |row| row.get::<_, String>(0)).expect("names");
    let mut lines = Vec::new();
    for name in names.collect::<Result<Vec<_>, _>>().expect("names") {
        let mut rows = database.prepare(&format!("select * from \"{name}\"")).expect("a table");
        let columns = rows.column_count();
        let line = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|at| row.get_ref(at).map(|it| format!("{it:?}")));
            Ok(format!("{name}: {:?}", values.collect::<Result<Vec<_>, _>>()?))
        };
        lines.extend(rows.query_map([], line).expect("rows").map(|line| line.expect("a row")));
    }
    lines
}

#[test]
fn the_shop_s_file_holds_what_its_statements_say() {
    let stated = rusqlite::Connection::open_in_memory().expect("memory");
    stated.execute_batch(SHOP).expect("the shop");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/shop/shop.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = rusqlite::Connection::open_with_flags(path, flags).expect("the file");
    assert_eq!(dump(&file), dump(&stated));
}

#[tokio::test]
async fn a_view_or_a_table_that_cannot_be_prepared_hides_no_other() {
    let database = TestDatabase::of(
        "create table rope (id integer primary key, name text); insert into rope values (1, 'a');
         create table old (x); create view lost as select * from old; drop table old;
         create view foreign_function as select id, somebodys(name) as n from rope;
         pragma writable_schema = on;
         insert into sqlite_master (type, name, tbl_name, rootpage, sql) values ('table', 'places',
             'places', 0, 'create virtual table places using somebodys_module()');",
    );
    let tables = database.sqlite.tables().await.expect("tables");
    let denied = |name: &str| {
        let found = tables.iter().find(|table| table.name == name).expect(name);
        found.denied.clone().unwrap_or_default()
    };
    assert_eq!(denied("rope"), "");
    assert!(denied("lost").contains("no such table"), "{}", denied("lost"));
    assert!(denied("foreign_function").contains("no such function"));
    assert!(denied("places").contains("no such module"), "{}", denied("places"));
    assert_eq!(keys(&all(&database.rows(entity("rope", &["name"]))).await), ["1"]);
    let lost = database.refused(entity("lost", &["name"])).await;
    assert!(lost.contains("no such table"), "{lost}");
}

#[tokio::test]
async fn texts_in_double_quotes_are_texts_in_a_view_and_mistakes_in_a_condition() {
    let database = TestDatabase::of(
        "create table rope (id integer primary key, name text, status text);
         insert into rope values (1, 'sheet', 'active'), (2, 'halyard', 'old');
         create view active as select id, name from rope where status = \"active\";",
    );
    let view = query("select id, name from active", &["id"], &["name"]);
    assert_eq!(titles(&all(&database.rows(view)).await), ["sheet"]);
    let named = Entity { key: vec!["id".to_owned()], ..entity("active", &["name"]) };
    assert_eq!(titles(&all(&database.rows(named.clone())).await), ["sheet"]);
    let filtered = Entity { filter: Some("name <> 'halyard'".to_owned()), ..named };
    assert_eq!(titles(&all(&database.rows(filtered)).await), ["sheet"]);
    let filter = Some("\"staus\" = 'active'".to_owned());
    let mistyped = Entity { filter, ..entity("rope", &["name"]) };
    assert!(database.refused(mistyped).await.contains("staus"));
    let mistyped = query("select id, \"nme\" as name from rope", &["id"], &["name"]);
    assert!(database.refused(mistyped).await.contains("nme"));
}

#[tokio::test]
async fn a_column_that_goes_while_rows_are_read_is_no_text_of_its_name() {
    let database = TestDatabase::of(
        "create table rope (id integer primary key, name text, note text);
         insert into rope values (1, 'a', 'x'), (2, 'b', 'y'), (3, 'c', 'z');",
    );
    let rows = database.rows(entity("rope", &["name", "note"])).by_pages_of(1);
    let pinned = pinned(&rows).await;
    database.owner.execute_batch("alter table rope drop column note").expect("dropped");
    let mut listing = pinned.list();
    let error = listing.next().await.expect_err("no such column");
    assert!(error.to_string().contains("note"), "{error}");
}
