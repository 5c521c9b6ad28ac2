//! Keys: which row is whose, what the database calls equal, and what is no key at all.

use std::time::Duration;

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, EngineError};
use driftless::entity::{Entity, Relation};
use driftless::item::ItemKey;
use driftless::job::JobState;
use driftless::source::rows::{Restriction, Rows};

use super::{Shop, product, rows};

/// More than any of these jobs takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn keys(keys: &[&str]) -> SyncOptions {
    let keys = keys.iter().map(|key| ItemKey::new(*key)).collect();
    SyncOptions { keys, ..SyncOptions::default() }
}

fn of_table(shop: &Shop, table: &str, key: &[&str]) -> Rows {
    let key = key.iter().map(|&column| column.to_owned()).collect();
    let relation = Relation::Table(table.to_owned());
    rows(&shop.path(), Entity { key, ..Entity::new("thing", relation, "name") })
}

async fn refusal(shop: &Shop, rows: Rows) -> String {
    let engine = Engine::open(shop.store(), Config::default()).await.expect("a store");
    let job = engine.sync(rows, SyncOptions::default()).await.expect("a job");
    let error = job.finished().await.expect_err("a refusal");
    engine.close().await;
    assert!(matches!(&error, EngineError::Source(it) if it.code() == "bad_setting"), "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_row_is_not_stored_under_another_spelling_of_its_key() {
    let shop = Shop::of(9);
    shop.sync().await;
    let report = shop.sync_with(shop.rows(), keys(&["007", "7.0", "8"])).await;
    assert_eq!(report.unknown_keys, ["007", "7.0"]);
    assert_eq!(shop.stored().len(), 9);
}

#[tokio::test]
async fn a_key_that_becomes_one_that_is_called_equal_is_another_item() {
    let shop = Shop::of(0);
    shop.run(
        "create table thing (code text primary key collate nocase not null, name text);
         insert into thing values ('abc', 'rope'), ('def', 'oar');",
    );
    shop.sync_with(of_table(&shop, "thing", &[]), SyncOptions::default()).await;
    shop.run("update thing set code = 'ABC' where code = 'abc'");
    let counters =
        shop.sync_with(of_table(&shop, "thing", &[]), SyncOptions::default()).await.counters;
    assert_eq!((counters.written, counters.deleted, counters.found_again), (1, 1, 0));
    assert_eq!(shop.stored().into_keys().collect::<Vec<_>>(), ["ABC", "def"]);
}

#[tokio::test]
async fn rows_that_share_a_key_are_refused_and_not_left_out() {
    let shop = Shop::of(0);
    shop.run(
        "create table stock (code text, name text collate nocase);
         insert into stock values ('a', 'z'), ('b', 'Z'), ('c', 'y');
         create view shelf as select name, code from stock;",
    );
    let message = refusal(&shop, of_table(&shop, "shelf", &["name"])).await;
    assert!(message.contains("rows share their key (name)"), "{message}");
    let report = shop.sync_with(of_table(&shop, "shelf", &["code"]), SyncOptions::default()).await;
    assert_eq!(report.counters.written, 3);
}

#[tokio::test]
async fn a_key_without_a_value_is_refused_even_where_it_looks_like_a_rowid() {
    let shop = Shop::of(0);
    shop.run(
        "create table thing (id integer primary key desc, name text);
         insert into thing values (1, 'a'), (null, 'b'), (3, 'c');",
    );
    let message = refusal(&shop, of_table(&shop, "thing", &[])).await;
    assert!(message.contains("no value in their key (id)"), "{message}");
}

#[tokio::test]
async fn names_are_taken_as_the_database_takes_them() {
    let shop = Shop::of(3);
    let entity = Entity {
        key: vec!["ID".to_owned()],
        ..Entity::new("product", Relation::Table("Product".to_owned()), "Name")
    };
    let report = shop.sync_with(rows(&shop.path(), entity), SyncOptions::default()).await;
    assert_eq!(report.counters.written, 3);
}

#[tokio::test]
async fn a_bound_of_another_kind_than_the_versions_is_refused() {
    let shop = Shop::of(3);
    shop.run("alter table product add column epoch integer; update product set epoch = 1700000000");
    let since = |version: &str, bound: &str| {
        let entity = Entity { version: Some(version.to_owned()), ..product() };
        let since = Some(bound.to_owned());
        rows(&shop.path(), entity).restricted(Restriction { since, ..Restriction::default() })
    };
    let message = refusal(&shop, since("epoch", "2024-06-01")).await;
    assert!(message.contains("of the type integer"), "{message}");
    let report = shop.sync_with(since("epoch", "1600000000"), SyncOptions::default()).await;
    assert_eq!(report.counters.listed, 3);
    let report =
        shop.sync_with(since("updated_at", "2024-01-01T00:02:00"), SyncOptions::default()).await;
    assert_eq!(report.counters.listed, 2);
}

#[tokio::test]
async fn large_rows_that_are_asked_for_by_key_wait_for_no_place_that_they_hold_themselves() {
    let shop = Shop::of(2);
    shop.run(
        "update product set description = hex(zeroblob(100000)) where id = 1;
         update product set description = hex(zeroblob(4180000)) where id = 2;",
    );
    let config = Config { in_flight_bytes: 1024, ..Config::default() };
    let engine = Engine::open(shop.store(), config).await.expect("a store");
    let job = engine.sync(shop.rows(), keys(&["1", "2"])).await.expect("a job");
    let report = tokio::time::timeout(PATIENCE, job.finished()).await.expect("it hangs");
    assert_eq!(report.expect("a report").counters.written, 2);
    engine.close().await;
}

/// Begins a sync and pauses it behind so many rows.
async fn interrupt(shop: &Shop, options: SyncOptions, rows: u64) {
    let engine = shop.engine().await;
    let job = engine.sync(shop.rows().by_pages_of(50), options).await.expect("a job");
    let mut progress = job.progress();
    let enough = progress.wait_for(|now| now.counters.finished() >= rows);
    tokio::time::timeout(PATIENCE, enough).await.expect("it hangs").expect("progress");
    job.pause("enough");
    let report = job.finished().await.expect("a report");
    assert_eq!(report.state, JobState::Paused);
    engine.close().await;
}

#[tokio::test]
async fn a_job_that_goes_on_sees_what_changed_in_the_rows_that_it_had_done() {
    let shop = Shop::of(600);
    let slow =
        SyncOptions { per_minute: std::num::NonZeroU32::new(12_000), ..SyncOptions::default() };
    interrupt(&shop, slow, 300).await;
    shop.run(
        "update product set name = 'new' || id where id % 7 = 0;
         delete from product where id in (5, 250, 599);
         insert into product (id, name) values (-5, 'brand new');",
    );
    let report = shop.sync_with(shop.rows().by_pages_of(50), SyncOptions::default()).await;
    assert_eq!((report.attempt, report.state), (2, JobState::Completed));
    assert_eq!((report.counters.listed, report.counters.written), (598, 598));
    assert_eq!(report.counters.deleted, 2);
    assert_eq!(shop.digest(), shop.rebuilt(shop.rows()).await);
}

#[tokio::test]
async fn what_another_job_did_while_one_rested_is_held_against_the_rows_as_they_are() {
    let shop = Shop::of(600);
    let slow =
        SyncOptions { per_minute: std::num::NonZeroU32::new(12_000), ..SyncOptions::default() };
    interrupt(&shop, slow, 300).await;
    let condition = Some("id <= 200".to_owned());
    let part = shop.rows().restricted(Restriction { condition, ..Restriction::default() });
    shop.sync_with(part, SyncOptions { force: true, ..SyncOptions::default() }).await;
    shop.run("delete from product where id in (5, 250, 599)");
    let report = shop.sync_with(shop.rows().by_pages_of(50), SyncOptions::default()).await;
    let counters = report.counters;
    assert_eq!((counters.deleted, counters.withheld, counters.found_again), (2, 0, 0));
    assert_eq!(shop.digest(), shop.rebuilt(shop.rows()).await);
}

#[tokio::test]
async fn syncs_that_find_nothing_changed_are_forgotten_once_there_are_many() {
    let shop = Shop::of(3);
    shop.sync().await;
    let engine = shop.engine().await;
    for _ in 0..205 {
        let job = engine.sync(shop.rows(), SyncOptions::default()).await.expect("a job");
        assert_eq!(job.finished().await.expect("a report").counters.unchanged, 3);
    }
    engine.close().await;
    let jobs: i64 =
        shop.tables().query_row("select count(*) from job", [], |row| row.get(0)).expect("a count");
    assert!(jobs < 60, "{jobs} jobs");
    // The job that wrote the rows is still there, and the store is whole.
    shop.sync().await;
}
