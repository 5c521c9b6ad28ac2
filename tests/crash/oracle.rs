//! What must be true of a store after its process died, and after its job ended at last.
//!
//! Found wrong is what these functions return, so that a test can also ask for it. The
//! engine's own list of rules is one part; the other part does not trust it: pages are read
//! again from what is stored, files are counted again on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use driftless::fingerprint::{Digest, Reading};
use driftless::store::{Durability, Reader, Store};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::hand_fed::HandFed;
use crate::scene::Scene;
use crate::victim::{Answer, Victim};

/// What a process left behind when it died.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remains {
    /// The newest job, if one was recorded.
    pub(crate) job: Option<Job>,
    /// Items that have their outcome, by key.
    items: BTreeMap<String, Item>,
}

#[derive(Clone, Debug)]
pub(crate) struct Job {
    row: i64,
    pub(crate) uid: String,
    pub(crate) state: String,
    attempt: i64,
    started_at_ms: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    outcome: String,
    job: i64,
    attempt: i64,
    decided_at_ms: i64,
}

impl Remains {
    /// Reads them; nothing where there is no store yet.
    pub(crate) fn read(store: &Path) -> Self {
        let Some(connection) = tables(store) else { return Self::default() };
        let query = "select id, uid, state, attempt, started_at_ms from job order by id desc";
        let job = |row: &Row<'_>| {
            let (uid, state, started_at_ms) = (row.get(1)?, row.get(2)?, row.get(4)?);
            Ok(Job { row: row.get(0)?, uid, state, attempt: row.get(3)?, started_at_ms })
        };
        let item = |row: &Row<'_>| {
            let (outcome, job, attempt) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((row.get(0)?, Item { outcome, job, attempt, decided_at_ms: row.get(4)? }))
        };
        let items = "select key, outcome, job_id, attempt, decided_at_ms from item";
        Self {
            job: connection.query_row(query, [], job).optional().expect("the newest job"),
            items: connection
                .prepare(items)
                .and_then(|mut items| items.query_map([], item)?.collect())
                .expect("items"),
        }
    }

    /// Whether a job is there that the next run has to go on with.
    pub(crate) fn is_unfinished(&self) -> bool {
        self.job.as_ref().is_some_and(|job| !job.state.starts_with("completed"))
    }

    /// How many items the newest job has decided.
    pub(crate) fn decided(&self) -> usize {
        let Some(job) = &self.job else { return 0 };
        self.items.values().filter(|item| item.job == job.row).count()
    }
}

/// Waits until the victim's job has decided so many items.
pub(crate) fn wait_until_decided(store: &Path, items: usize, victim: &mut Victim) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !victim.has_ended() && Remains::read(store).decided() < items {
        assert!(Instant::now() < deadline, "the victim hangs:\n{}", victim.log());
        thread::sleep(Duration::from_millis(1));
    }
}

/// A connection to a store that has its tables.
pub(crate) fn tables(store: &Path) -> Option<Connection> {
    if !store.exists() {
        return None;
    }
    let connection = Connection::open(store).expect("the store");
    connection.busy_timeout(Duration::from_secs(10)).expect("set");
    connection.table_exists(None, "lease").expect("its schema").then_some(connection)
}

/// What is wrong with a store whose process has died, before another one goes on with it.
pub(crate) fn wrong_after_death(store: &Path) -> Vec<String> {
    let mut wrong = violations(store);
    let runtime = runtime();
    let found = Reader::open(store).and_then(|reader| reader.digest()).expect("a digest");
    if found != runtime.block_on(told_again(store)) {
        wrong.push("the store is not what its own pages make of it".to_owned());
    }
    if let Some(Job { state, .. }) = Remains::read(store).job
        && matches!(state.as_str(), "queued" | "running" | "pausing" | "cancelling")
    {
        wrong.push(format!("the job of a dead process is {state}"));
    }
    wrong
}

/// What breaks the engine's own rules. Opening is the recovery that each process begins with.
pub(crate) fn violations(store: &Path) -> Vec<String> {
    let opened = Store::open(store, Durability::Normal, 1);
    let opened = opened.expect("a store whose process died opens at once");
    let runtime = runtime();
    let found = runtime.block_on(opened.violations()).expect("checked");
    runtime.block_on(opened.close());
    found
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

/// The digest of a store made of the pages that `store` holds, each parsed again.
async fn told_again(store: &Path) -> Digest {
    let connection = tables(store).expect("a store");
    let query = "select source.name, ontology.name, item.key, cast(page.content as blob), \
                 item.parser_version, item.configuration_version \
                 from page join item on item.id = page.item_id \
                 join source on source.id = item.source_id \
                 join name on name.id = page.name_id \
                 join ontology on ontology.id = name.ontology_id order by source.name, item.key";
    let mut statement = connection.prepare(query).expect("a query");
    let mut rows = statement.query([]).expect("rows");
    let mut pages: Vec<(String, String, String, Vec<u8>)> = Vec::new();
    let mut reading = Reading { parser_version: 0, configuration_version: Digest::of(b"") };
    while let Some(row) = rows.next().expect("a row") {
        let page = (row.get(0), row.get(1), row.get(2), row.get(3));
        let (Ok(source), Ok(ontology), Ok(key), Ok(content)) = page else { panic!("{page:?}") };
        pages.push((source, ontology, key, content));
        let configuration_version = row.get::<_, [u8; 32]>(5).expect("a digest").into();
        reading = Reading { parser_version: row.get(4).expect("a number"), configuration_version };
    }
    let mut again = HandFed::new(reading);
    let mut feeds = BTreeMap::new();
    let mut writes = Vec::new();
    for (source, ontology, key, content) in pages {
        let feed = match feeds.get(&source) {
            Some(feed) => *feed,
            None => *feeds.entry(source.clone()).or_insert(again.feed(&source, &ontology).await),
        };
        writes.push(again.page(feed, &key, &content));
    }
    again.apply(writes).await;
    again.digest()
}

/// What is wrong after a job ended that went on from `remains`. `touched` are the files that
/// changed since; `expected` is the digest of an undisturbed run.
pub(crate) fn wrong_after_end(
    scene: &Scene,
    answer: &Answer,
    remains: &Remains,
    touched: &BTreeSet<String>,
    expected: Digest,
) -> Vec<String> {
    let (store, items) = (scene.store(), scene.keys().len());
    wrong_at_end(&store, items, answer, remains, touched, expected)
}

/// The same of any store, whose source has so many items.
pub(crate) fn wrong_at_end(
    store: &Path,
    items: usize,
    answer: &Answer,
    remains: &Remains,
    touched: &BTreeSet<String>,
    expected: Digest,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let Ok(report) = &answer.result else { return vec![format!("it failed: {:?}", answer.result)] };
    let count = |name: &str| report["counters"][name].as_u64().expect("a count");
    let listed = count("listed");
    let ended = ["written", "unchanged", "skipped", "rejected", "superseded"];
    let ended: u64 = ended.into_iter().map(count).sum();
    if listed != ended || count("in_flight") != 0 {
        wrong.push(format!("the counters do not add up: {}", report["counters"]));
    }
    if listed != items as u64 {
        wrong.push(format!("{listed} items listed of {items}"));
    }
    let decided = count("deleted") + count("withheld") + count("found_again");
    if count("candidates") != decided {
        wrong.push(format!("the deletions do not add up: {}", report["counters"]));
    }
    if count("withheld") > 0 || !report["gaps"].as_array().is_none_or(Vec::is_empty) {
        wrong.push(format!("it was not a whole run: {} {}", report["withheld"], report["gaps"]));
    }
    let after = Remains::read(store);
    wrong.extend(wrong_continuation(report, remains, &after));
    wrong.extend(done_twice(remains, &after, touched));
    let found = Reader::open(store).and_then(|reader| reader.digest()).expect("a digest");
    if found != expected {
        wrong.push("the digest is not that of an undisturbed run".to_owned());
    }
    wrong.extend(violations(store));
    wrong
}

/// A job goes on under its name, with its first start and a further attempt.
fn wrong_continuation(
    report: &serde_json::Value,
    remains: &Remains,
    after: &Remains,
) -> Vec<String> {
    let Some(before) = remains.job.as_ref().filter(|_| remains.is_unfinished()) else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    if report["job"] != before.uid.as_str() {
        wrong.push(format!("the job {} goes on as {}", before.uid, report["job"]));
    }
    let told = report["started_at_ms"].as_i64();
    let stored = after.job.as_ref().and_then(|job| job.started_at_ms);
    if told != stored || before.started_at_ms.is_some_and(|first| told != Some(first)) {
        let first = before.started_at_ms;
        wrong.push(format!("first started at {first:?}, told {told:?}, stored {stored:?}"));
    }
    if report["attempt"].as_i64() != Some(before.attempt + 1) {
        wrong.push(format!("after attempt {} comes {}", before.attempt, report["attempt"]));
    }
    wrong
}

/// What the job had decided and nobody touched since must stand as it was decided then.
fn done_twice(before: &Remains, after: &Remains, touched: &BTreeSet<String>) -> Vec<String> {
    let Some(job) = before.job.as_ref().filter(|_| before.is_unfinished()) else {
        return Vec::new();
    };
    let decided = before.items.iter().filter(|(key, item)| {
        item.job == job.row && item.outcome != "deleted" && !touched.contains(*key)
    });
    decided
        .filter(|(key, item)| after.items.get(*key) != Some(item))
        .map(|(key, item)| format!("{key} was done twice: {item:?}, {:?}", after.items.get(key)))
        .collect()
}
