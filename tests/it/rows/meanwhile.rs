//! A table that is written while it is read: rows come, change, go and move across the cursor,
//! in step with the job.

use std::collections::BTreeMap;

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, JobHandle};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config as Cases;
use rusqlite::Connection;

use super::Shop;
use crate::repository::add_up;

/// Histories tried where `PROPTEST_CASES` says nothing.
const CASES: u32 = 16;

/// Rows there are at first.
const ROWS: i64 = 150;

/// Rows deleted between the first sync and the one that is disturbed.
const GONE: std::ops::RangeInclusive<i64> = 141..=147;

/// What the application does to rows that are its to change: every third one.
#[derive(Clone, Debug)]
enum Change {
    Put(i64),
    Delete(i64),
    Move(i64, i64),
}

/// How a run is made.
#[derive(Clone, Debug)]
struct Manner {
    page_rows: usize,
    group_items: usize,
    workers: usize,
    is_first: bool,
}

fn change() -> impl Strategy<Value = Change> {
    // Beyond both ends of what is there, too.
    let id = || (-20..90_i64).prop_map(|third| third * 3);
    prop_oneof![
        4 => id().prop_map(Change::Put),
        2 => id().prop_map(Change::Delete),
        3 => (id(), id()).prop_map(|(from, to)| Change::Move(from, to)),
    ]
}

fn manner() -> impl Strategy<Value = Manner> {
    (1..30_usize, 1..20_usize, 1..5_usize, any::<bool>()).prop_map(
        |(page_rows, group_items, workers, is_first)| Manner {
            page_rows,
            group_items,
            workers,
            is_first,
        },
    )
}

/// The application's connection. Each text it writes has a greater number than all before.
struct Writer {
    database: Connection,
    number: i64,
}

impl Writer {
    fn of(shop: &Shop) -> Self {
        let database = shop.database();
        database.pragma_update(None, "synchronous", "off").expect("set");
        Self { database, number: 0 }
    }

    fn make(&mut self, change: &Change) {
        self.number += 1;
        let text = format!("version {}", self.number);
        let put = "insert into product (id, name, description) values (?1, 'mutable', ?2) \
                   on conflict (id) do update set description = excluded.description";
        let moved = "update or ignore product set id = ?1, description = ?2 where id = ?3";
        let done = match change {
            Change::Put(id) => self.database.execute(put, (id, text)),
            Change::Delete(id) => self.database.execute("delete from product where id = ?1", [id]),
            Change::Move(from, to) => self.database.execute(moved, (to, text, from)),
        };
        done.expect("a change");
    }

    /// Makes all changes, evenly spread over the job.
    async fn keep_step(&mut self, job: &JobHandle, changes: &[Change]) {
        let mut progress = job.progress();
        for (at, change) in changes.iter().enumerate() {
            let enough = ROWS as u64 * at as u64 / changes.len() as u64;
            // A job that has ended is no reason to stop.
            let _ = progress.wait_for(|now| now.counters.finished() >= enough).await;
            self.make(change);
        }
    }
}

/// The versions that are stored of rows that change, by key.
fn versions(shop: &Shop) -> BTreeMap<String, i64> {
    let number = |text: Option<String>| text?.strip_prefix("version ")?.parse().ok();
    let stored = shop.stored().into_iter();
    stored.filter_map(|(key, (_, text))| Some((key, number(text)?))).collect()
}

/// The versions that the table has of rows that change, by key.
fn present(writer: &Writer) -> BTreeMap<String, i64> {
    let query = "select cast(id as text), cast(substr(description, 9) as integer) from product \
                 where name = 'mutable'";
    let mut rows = writer.database.prepare(query).expect("a query");
    let pairs = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    pairs.collect::<Result<_, _>>().expect("rows")
}

async fn disturb(manner: Manner, changes: Vec<Change>) {
    let shop = Shop::of(0);
    let mut writer = Writer::of(&shop);
    shop.insert((1..=ROWS).filter(|id| id % 3 != 0));
    (1..=ROWS).filter(|id| id % 3 == 0).for_each(|id| writer.make(&Change::Put(id)));
    if !manner.is_first {
        shop.sync().await;
    }
    let gone: Vec<String> = GONE.map(|id| id.to_string()).collect();
    shop.run(&format!("delete from product where id in ({})", gone.join(", ")));
    let (before, stored_before) = (present(&writer), versions(shop_or_new(&shop).await));
    let config = Config {
        workers: manner.workers.try_into().expect("some"),
        group_items: manner.group_items.try_into().expect("some"),
        ..Config::default()
    };
    let engine = Engine::open(shop.store(), config).await.expect("a store");
    // Moves leave as many keys as they like; the guard is not what this is about.
    let options = SyncOptions { approve_deletions: Some(1_000), ..SyncOptions::default() };
    let rows = shop.rows().by_pages_of(manner.page_rows);
    let job = engine.sync(rows, options.clone()).await.expect("a job");
    writer.keep_step(&job, &changes).await;
    let report = job.finished().await.expect("a report");
    add_up(&report);
    assert_eq!(engine.violations().await.expect("checked"), Vec::<String>::new());
    engine.close().await;
    let stored = shop.stored();
    for id in (1..=ROWS).filter(|id| id % 3 != 0 && !GONE.contains(id)) {
        let text = (Some(format!("rope{id}")), Some(format!("hemp of coil{id} for boats")));
        assert_eq!(stored.get(&id.to_string()), Some(&text), "the row {id} stood all the time");
    }
    for key in gone.iter().filter(|key| key.parse::<i64>().is_ok_and(|id| id % 3 != 0)) {
        assert!(!stored.contains_key(key), "{key} was gone before the listing began");
    }
    for (key, version) in versions(&shop) {
        let oldest = before.get(&key).max(stored_before.get(&key)).copied().unwrap_or_default();
        assert!(version >= oldest, "{key} went back from {oldest} to {version}");
    }
    let between = versions(&shop);
    shop.sync_with(shop.rows(), options).await;
    assert_eq!(versions(&shop), present(&writer), "at rest all is as the table has it");
    let went_back =
        |(key, version): (&String, &i64)| between.get(key).is_some_and(|it| it > version);
    assert!(!versions(&shop).iter().any(went_back));
    assert_eq!(shop.digest(), shop.rebuilt(shop.rows()).await);
}

/// The shop with a store in any case.
async fn shop_or_new(shop: &Shop) -> &Shop {
    shop.engine().await.close().await;
    shop
}

proptest! {
    #![proptest_config(Cases {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(CASES),
        ..Cases::default()
    })]
    #[test]
    fn rows_that_stand_while_others_come_go_and_move_are_all_there_at_the_end(
        manner in manner(),
        changes in vec(change(), 1..60),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(disturb(manner, changes));
    }
}
