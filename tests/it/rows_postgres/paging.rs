//! Pages in the order of keys: each row once, whatever the key and whatever happens between.

use driftless::source::rows::{Restriction, Rows};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;

use crate::postgres::{SHOP, TestDatabase};
use crate::row_walk::{all, entity, keys, pages_through, pinned, query, rest, titles};

/// Cases for each type of key. Each is a table of some values, so that these are hundreds.
const CASES: u32 = 12;

/// Values to insert, some of which may come twice and some be no values of the type.
fn values(strategy: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Vec<String>> {
    prop::collection::vec(strategy, 0..40).boxed()
}

fn hex() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u8>(), 0..4).prop_map(|bytes| {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\\x{digits}")
    })
}

fn moment() -> impl Strategy<Value = String> {
    let parts = (1..3000, 1..13, 1..29, 0..24, 0..1_000_000, -12..13, any::<bool>());
    let written = parts.prop_map(|(year, month, day, hour, micros, zone, is_old)| {
        let age = if is_old { " BC" } else { "" };
        format!("{year:04}-{month:02}-{day:02} {hour:02}:00:00.{micros:06}{zone:+03}{age}")
    });
    prop_oneof![9 => written, 1 => Just("infinity".to_owned()), 1 => Just("-infinity".to_owned())]
}

fn text() -> impl Strategy<Value = String> {
    let any = any::<String>().prop_map(|text| text.replace('\0', ""));
    prop_oneof![any, "[aAbBäÄ ,'\"\\\\0-9-]{0,4}"]
}

/// A table with a key of this type, filled and read again and again.
fn pages_of(type_sql: &str, strategy: BoxedStrategy<Vec<String>>) {
    let runtime = Runtime::new().expect("a runtime");
    let database = runtime.block_on(TestDatabase::of(&format!(
        "create collation caseless \
             (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
         create table things (key {type_sql} primary key, label text not null)"
    )));
    let plain_type = type_sql.split(" collate").next().unwrap_or_default();
    let fill = format!(
        "insert into things select value::{plain_type}, 'row ' || at \
         from unnest($1::text[]) with ordinality as given (value, at) on conflict do nothing"
    );
    let postgres = database.postgres();
    let mut runner = TestRunner::new(Config::with_cases(CASES));
    let cases = (strategy, 1..8usize);
    let held = runner.run(&cases, |(values, page)| {
        runtime.block_on(async {
            database.run("truncate things").await;
            database.owner.execute(&fill, &[&values]).await.expect("inserted");
            let in_order = "select label from things order by key";
            let labels = database.owner.query(in_order, &[]).await.expect("labels");
            let labels: Vec<String> = labels.iter().map(|row| row.get(0)).collect();
            let rows = postgres.rows(entity("things", &["label"])).expect("rows");
            pages_through(&rows.by_pages_of(page), &labels).await;
        });
        Ok(())
    });
    held.unwrap_or_else(|error| panic!("{type_sql}: {error}"));
}

#[test]
fn integers_come_in_the_order_of_numbers() {
    let near = (-20..20i64).prop_map(|number| number.to_string());
    pages_of("bigint", values(prop_oneof![near, any::<i64>().prop_map(|n| n.to_string())]));
}

#[test]
fn texts_come_in_the_order_of_their_collation() {
    pages_of("text", values(text()));
    pages_of("text collate caseless", values(text()));
    pages_of("text collate \"und-x-icu\"", values(text()));
}

#[test]
fn uuids_come_in_the_order_of_their_bytes() {
    pages_of("uuid", values(any::<u128>().prop_map(|number| format!("{number:032x}"))));
}

#[test]
fn moments_come_in_the_order_of_time() {
    pages_of("timestamptz", values(moment()));
}

#[test]
fn decimals_come_in_the_order_of_numbers() {
    let some = (any::<i32>(), 0..12u32).prop_map(|(number, zeros)| format!("{number}e-{zeros}"));
    pages_of("numeric", values(prop_oneof![9 => some, 1 => Just("NaN".to_owned())]));
}

#[test]
fn floats_come_in_the_order_of_numbers() {
    let name = |number: f64| match number {
        number if number.is_nan() => "NaN".to_owned(),
        number if number.is_infinite() => if number > 0.0 { "inf" } else { "-inf" }.to_owned(),
        number => format!("{number:e}"),
    };
    pages_of("double precision", values(any::<f64>().prop_map(name)));
    let name = |number: f32| format!("{number:e}");
    pages_of("real", values(any::<f32>().prop_filter("finite", |n| n.is_finite()).prop_map(name)));
}

#[test]
fn bytes_come_in_their_order() {
    pages_of("bytea", values(hex()));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_several_columns_come_in_the_order_of_all_of_them() {
    let database = TestDatabase::of(SHOP).await;
    let lines = entity("order_lines", &["quantity", "remark"]);
    let expected = ["5001,1", "5001,2", "5002,1", "5002,2", "5002,10", "5003,1", "5004,1"];
    for page in [1, 2, 3, 500] {
        let rows = database.postgres().rows(lines.clone()).expect("rows").by_pages_of(page);
        assert_eq!(keys(&all(&rows).await), expected, "by {page}");
    }
    let rows = database.postgres().rows(lines).expect("rows").by_pages_of(2);
    pages_through(&rows, &["25", "4", "1", "40", "1", "1", "1"].map(str::to_owned)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn domains_and_enums_and_padded_texts_are_keys_too() {
    let database = TestDatabase::of(
        "create type mood as enum ('rough', 'calm'); create domain code as char(5); \
         create table moods (mood mood, code code, label text, primary key (mood, code)); \
         insert into moods values ('calm', 'a', '3'), ('rough', 'b', '2'), ('rough', 'a', '1')",
    )
    .await;
    let rows = database.postgres().rows(entity("moods", &["label"])).expect("rows").by_pages_of(1);
    pages_through(&rows, &["1", "2", "3"].map(str::to_owned)).await;
    let pinned = pinned(&rows).await;
    for (key, is_there) in [("calm,a", true), ("calm,abcdefgh", false), ("windy,a", false)] {
        let found = pinned.has(&driftless::item::ItemKey::new(key)).await.expect("an answer");
        assert_eq!(found, is_there, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_in_another_collation_than_its_column_is_followed() {
    let database = TestDatabase::of(
        "create table names (name text collate \"und-x-icu\" not null, label text); \
         create unique index on names (name collate \"C\"); \
         insert into names values ('a', '2'), ('B', '1'), ('c', '3')",
    )
    .await;
    let rows = database.postgres().rows(entity("names", &["label"])).expect("rows").by_pages_of(1);
    pages_through(&rows, &["1", "2", "3"].map(str::to_owned)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_come_and_go_between_pages_hide_none_that_stood_throughout() {
    let database = TestDatabase::of(
        "create table things (id bigint primary key, label text not null); \
         insert into things select id * 10, 'stands' from generate_series(-20, 20) as id",
    )
    .await;
    let rows = database.postgres().rows(entity("things", &["label"])).expect("rows");
    let mut listing = pinned(&rows.by_pages_of(4)).await.list();
    let mut seen = Vec::new();
    for step in 0i64.. {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
        let (low, high) = (-205 + step * 10, 195 - step * 10);
        database
            .run(&format!(
                "delete from things where label = 'passing' and id % 3 = 0; \
                 insert into things values ({low}, 'passing'), ({high}, 'passing'), \
                 (1000 + {step}, 'behind the bound') on conflict do nothing"
            ))
            .await;
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
async fn wide_rows_come_in_shorter_pages_and_those_too_wide_are_left_out() {
    let database = TestDatabase::of(
        "create table pages (id int primary key, body text); \
         insert into pages select id, repeat('x', 100000) from generate_series(1, 40) as id; \
         update pages set body = repeat('y', 30000000) where id = 7",
    )
    .await;
    let rows = database.postgres().rows(entity("pages", &["body"])).expect("rows");
    let pinned = pinned(&rows).await;
    let mut listing = pinned.list();
    let first = listing.next().await.expect("a page");
    assert!(first.len() < 40, "{}", first.len());
    let listed = rest(pinned.list()).await;
    assert_eq!(listed.len(), 40);
    assert!(matches!(
        &listed[6].kind,
        driftless::source::ListedKind::Skipped { detail, .. } if detail == "30000000 bytes"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_and_a_restriction_leave_rows_out() {
    let database = TestDatabase::of(SHOP).await;
    let mut product = entity("products", &["name"]);
    product.filter = Some("deleted_at is null -- not sold any more".to_owned());
    product.version = Some("updated_at".to_owned());
    let rows = database.postgres().rows(product).expect("rows");
    assert_eq!(all(&rows).await.len(), 11);
    assert_eq!(pinned(&rows).await.count().await, Some(11));
    let restricted = |condition: Option<&str>, since: Option<&str>, before: Option<&str>| {
        let text = |it: Option<&str>| it.map(str::to_owned);
        let (condition, since, before) = (text(condition), text(since), text(before));
        rows.clone().restricted(Restriction { condition, since, before })
    };
    let since = restricted(None, Some("2024-04-11T10:00:00Z"), Some("2024-05-21"));
    assert_eq!(keys(&all(&since).await), ["106", "107", "108", "109"]);
    assert_eq!(pinned(&since).await.count().await, Some(4));
    let ropes = restricted(Some("category = 'ropes'"), None, None);
    assert_eq!(keys(&all(&ropes).await), ["101", "102"]);
    assert!(!pinned(&ropes).await.has(&listed_key(&rows, 4).await).await.expect("an answer"));
}

async fn listed_key(rows: &Rows, at: usize) -> driftless::item::ItemKey {
    all(rows).await[at].key.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_and_a_view_are_read_by_the_key_that_is_declared() {
    let database = TestDatabase::of(SHOP).await;
    let text = "select p.id, p.name, count(*) as sold from products p \
         join order_lines on product_id = p.id group by p.id, p.name; ";
    let rows = database.postgres().rows(query(text, &["id"], &["name", "sold"])).expect("rows");
    let listed = all(&rows.by_pages_of(2)).await;
    assert_eq!(keys(&listed), ["101", "102", "103", "105", "106", "109", "110"]);
    let mut view = entity("public.cheap_products", &["name"]);
    view.key = vec!["id".to_owned()];
    let rows = database.postgres().rows(view).expect("rows").by_pages_of(2);
    assert_eq!(keys(&all(&rows).await), ["101", "102", "103", "110"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_gathers_rows_is_not_read_whole_for_each_page() {
    let database = TestDatabase::of(
        "create table sale (id int primary key, customer int, note text); \
         insert into sale select i, i, 'note ' || i from generate_series(1, 400) i; \
         create function slowly(note text) returns text language plpgsql stable as $$ \
         begin perform pg_sleep(0.001); return note; end $$; \
         create view customers as select customer, max(note) as notes from sale \
         where slowly(note) is not null group by customer; analyze sale",
    )
    .await;
    let mut customers = entity("customers", &["notes"]);
    customers.key = vec!["customer".to_owned()];
    let rows = database.postgres().rows(customers).expect("rows").by_pages_of(20);
    let pinned = pinned(&rows).await;
    let begun = std::time::Instant::now();
    database.run("select count(*) from (select * from customers) as once").await;
    let once = begun.elapsed();
    let listed = rest(pinned.list()).await;
    let took = begun.elapsed() - once;
    // Twenty pages of all that is left are ten times the whole.
    assert!(took < once * 5, "{took:?} beside {once:?}");
    let expected: Vec<_> = (1..=400).map(|customer| customer.to_string()).collect();
    assert_eq!(keys(&listed), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_view_that_come_and_go_between_pages_hide_none_that_stood_throughout() {
    let database = TestDatabase::of(
        "create table sale (id int primary key, note text); \
         insert into sale select i * 10, 'note ' || i from generate_series(1, 40) i; \
         create view notes as select id, note from sale",
    )
    .await;
    let mut notes = entity("notes", &["note"]);
    notes.key = vec!["id".to_owned()];
    let rows = database.postgres().rows(notes).expect("rows").by_pages_of(5);
    let mut listing = pinned(&rows).await.list();
    let mut seen = listing.next().await.expect("a page");
    // A step goes with all that it ends, and another range becomes longer than a page.
    let change = "delete from sale where id between 110 and 150; \
         insert into sale select i, 'new' from generate_series(201, 209) i";
    database.run(change).await;
    loop {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    let seen = keys(&seen);
    for id in (1..=40).map(|i| i * 10).filter(|id| !(60..=150).contains(id)) {
        assert!(seen.contains(&id.to_string().as_str()), "{id} in {seen:?}");
    }
    assert!(seen.contains(&"205"), "{seen:?}");
}
