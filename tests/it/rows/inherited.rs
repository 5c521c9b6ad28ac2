//! What a predecessor got wrong, each as a test that its way fails: it counted rows as indexed
//! that were not, ran restricted jobs unrestricted, let a rate limit through by pages, wrote
//! old readings over new ones, and repeated whole batches for one bad row.

use std::time::{Duration, Instant};

use driftless::checkpoint::Counters;
use driftless::config::SyncOptions;
use driftless::engine::{JobHandle, Report};
use driftless::entity::{Entity, MetadataColumn, MetadataKind};
use driftless::fingerprint::{Digest, Reading, fingerprint};
use driftless::item::ItemKey;
use driftless::job::JobState;
use driftless::progress::Progress;
use driftless::record::Document;
use driftless::source::rows::{Restriction, Rows};
use driftless::store::{
    Applied, DeadLetterFilter, ItemResult, ItemWrite, ReadOrder, SearchQuery, SourceRow, Version,
    ensure_document_type,
};

use super::{Shop, product, rows};
use crate::hand_fed::{Feed, HandFed};

/// A job that does not come to rest by then hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// A text that the parser takes for JSON, and that the schema refuses for being too deep.
const TOO_DEEP: &str = "update product set category = \
     printf('%.*c', 1500, '[') || printf('%.*c', 1500, ']')";

/// Products whose category must be JSON.
fn with_json() -> Entity {
    let mut entity = product();
    let kind = Some(MetadataKind::Json);
    entity.metadata[1] = MetadataColumn { column: "category".to_owned(), kind };
    entity
}

/// A shop in which every category is JSON.
fn json_shop(rows: usize) -> Shop {
    let shop = Shop::of(rows);
    shop.run("update product set category = '{\"is\": [\"' || category || '\"]}'");
    shop
}

fn part(condition: &str) -> Restriction {
    Restriction { condition: Some(condition.to_owned()), ..Restriction::default() }
}

fn per_minute(items: u32) -> SyncOptions {
    let per_minute = items.try_into().ok();
    SyncOptions { per_minute, ..SyncOptions::default() }
}

fn letters(shop: &Shop) -> Vec<(String, String, u32)> {
    let all = shop.reader().dead_letters(&DeadLetterFilter::default(), false, 99);
    let mut letters: Vec<_> =
        all.expect("letters").into_iter().map(|it| (it.key, it.code, it.attempts)).collect();
    letters.sort();
    letters
}

/// Every snapshot of a job that somebody as quick as this sees, and how it ended.
async fn watched(job: JobHandle) -> (Vec<Progress>, Report) {
    let mut progress = job.progress();
    let mut seen = vec![progress.borrow().clone()];
    let watch = async {
        while progress.changed().await.is_ok() {
            seen.push(progress.borrow_and_update().clone());
        }
    };
    tokio::time::timeout(PATIENCE, watch).await.expect("the job hangs");
    (seen, job.finished().await.expect("a report"))
}

async fn until(job: &JobHandle, enough: impl FnMut(&Progress) -> bool) {
    let mut progress = job.progress();
    let reached = tokio::time::timeout(PATIENCE, progress.wait_for(enough)).await;
    reached.expect("the job hangs").expect("the job ended first");
}

#[tokio::test]
async fn a_row_that_cannot_be_stored_is_never_counted_as_written() {
    let shop = json_shop(300);
    shop.run(&format!("{TOO_DEEP} where id in (7, 130, 131, 300)"));
    let report = shop.sync_with(rows(&shop.path(), with_json()), SyncOptions::default()).await;
    let counters = report.counters;
    assert_eq!((counters.listed, counters.written, counters.rejected), (300, 296, 4));
    assert_eq!(report.state, JobState::CompletedWithErrors);
    assert_eq!(shop.stored().len(), 296, "what is counted is what is there");
    let keys: Vec<_> = letters(&shop).into_iter().map(|(key, ..)| key).collect();
    assert_eq!(keys, ["130", "131", "300", "7"]);
    assert_eq!(shop.keys("coil130"), Vec::<String>::new());
}

#[tokio::test]
async fn a_rate_of_items_a_minute_lets_no_more_through_and_ends_at_once_on_request() {
    let shop = Shop::of(200);
    let engine = shop.engine().await;
    // Forty at once, and forty a second behind them.
    let begun = Instant::now();
    let job = engine.sync(shop.rows(), per_minute(2_400)).await.expect("a job");
    let mut progress = job.progress();
    loop {
        let now = progress.borrow_and_update().clone();
        let allowed = 41.0 + 40.0 * begun.elapsed().as_secs_f64();
        assert!(now.counters.finished() as f64 <= allowed, "{:?}", now.counters);
        if now.counters.finished() >= 90 {
            break;
        }
        progress.changed().await.expect("the job is at work");
    }
    assert!(begun.elapsed() > Duration::from_secs(1), "ninety took {:?}", begun.elapsed());
    job.cancel();
    job.finished().await.expect("a report");
    // One at once, and the next one in a minute.
    let slow = shop.rows().restricted(part("id > 150"));
    let job = engine.sync(slow, per_minute(1)).await.expect("a job");
    until(&job, |now| now.counters.finished() == 1).await;
    let asked = Instant::now();
    job.pause("for the test");
    let report = job.finished().await.expect("a report");
    assert!(asked.elapsed() < Duration::from_secs(5), "it took {:?}", asked.elapsed());
    assert_eq!((report.state, report.counters.written), (JobState::Paused, 1));
    engine.close().await;
}

#[tokio::test]
async fn a_slow_job_over_rows_that_stand_gets_on_row_by_row() {
    let shop = Shop::of(50);
    shop.sync().await;
    let engine = shop.engine().await;
    let job = engine.sync(shop.rows(), per_minute(60)).await.expect("a job");
    until(&job, |now| now.counters.unchanged == 2).await;
    job.pause("for the test");
    let report = job.finished().await.expect("a report");
    assert!(report.counters.unchanged >= 2, "{:?}", report.counters);
    // What was looked at is not looked at again: else it never ends if paused each minute.
    let query = "select watermark from checkpoint order by job_id desc limit 1";
    let watermark: i64 = shop.tables().query_row(query, [], |row| row.get(0)).expect("saved");
    assert_eq!(watermark.unsigned_abs(), report.counters.unchanged);
    let job = engine.sync(shop.rows(), SyncOptions::default()).await.expect("a job");
    let report = job.finished().await.expect("a report");
    assert_eq!((report.attempt, report.counters.unchanged), (2, 50));
    engine.close().await;
}

async fn pause_halfway(shop: &Shop, rows: Rows) -> Report {
    let engine = shop.engine().await;
    let job = engine.sync(rows, per_minute(1_200)).await.expect("a job");
    until(&job, |now| now.counters.written >= 5).await;
    job.pause("for the test");
    let report = job.finished().await.expect("a report");
    engine.close().await;
    assert_eq!(report.state, JobState::Paused);
    report
}

#[tokio::test]
async fn stored_options_that_cannot_be_read_are_not_run_unfiltered() {
    for damage in ["null", "{}", "{\"part\":null}", "\"unreadable"] {
        let shop = Shop::of(300);
        let asked = || shop.rows().restricted(part("id <= 60"));
        let paused = pause_halfway(&shop, asked()).await;
        let tables = shop.tables();
        tables.pragma_update(None, "ignore_check_constraints", true).expect("set");
        tables.execute("update job set options = ?1", [damage]).expect("damaged");
        let engine = shop.engine().await;
        let job = engine.sync(asked(), SyncOptions::default()).await.expect("a job");
        let report = job.finished().await.expect("a report");
        engine.close().await;
        assert_ne!(report.job, paused.job, "{damage}: it is not known to be the same job");
        assert_eq!((report.state, report.counters.listed), (JobState::Completed, 60), "{damage}");
        assert_eq!(shop.stored().len(), 60, "{damage}: rows that nobody asked for are there");
    }
}

#[tokio::test]
async fn a_part_that_goes_on_stays_that_part() {
    let shop = Shop::of(300);
    let asked = || shop.rows().restricted(part("id % 3 = 0"));
    let paused = pause_halfway(&shop, asked()).await;
    let report = shop.sync_with(asked(), SyncOptions::default()).await;
    assert_eq!((report.job, report.attempt), (paused.job, 2));
    assert_eq!((report.counters.listed, report.counters.written), (100, 100));
    assert_eq!(shop.stored().len(), 100);
}

#[tokio::test]
async fn a_job_that_goes_on_ends_at_the_row_that_was_the_last_when_it_began() {
    let shop = Shop::of(200);
    let paused = pause_halfway(&shop, shop.rows()).await;
    shop.insert(201..=250);
    let report = shop.sync().await;
    assert_eq!((report.job, report.attempt), (paused.job, 2));
    assert_eq!((report.counters.listed, report.counters.written), (200, 200));
    assert!(report.notes[0].starts_with("rows up to 200 were looked at"), "{:?}", report.notes);
    let next = shop.sync().await.counters;
    assert_eq!((next.listed, next.written, next.unchanged), (250, 50, 200));
}

fn add_up_at_every_moment(counters: &Counters) {
    let Counters { written, unchanged, skipped, rejected, superseded, in_flight, .. } = *counters;
    let known = written + unchanged + skipped + rejected + superseded + in_flight;
    assert!(counters.listed >= known, "more than was listed: {counters:?}");
    assert_eq!(counters.listed, known + counters.pending(), "{counters:?}");
}

#[tokio::test]
async fn progress_of_a_filtered_job_counts_what_is_indexed_and_ends_at_all_of_it() {
    let shop = Shop::of(600);
    let mut entity = product();
    entity.filter = Some("category = 'even'".to_owned());
    let only = || rows(&shop.path(), entity.clone()).by_pages_of(40);
    let engine = shop.engine().await;
    for (restricted, of_all) in [(only().restricted(part("id <= 200")), 100), (only(), 300)] {
        let job = engine.sync(restricted, per_minute(24_000)).await.expect("a job");
        let (seen, report) = watched(job).await;
        for now in &seen {
            add_up_at_every_moment(&now.counters);
            let stored = now.counters.written + now.counters.unchanged;
            assert!(stored <= of_all, "{:?}", now.counters);
            assert!(now.total.is_none_or(|total| total == of_all), "{:?} of {of_all}", now.total);
        }
        let last = seen.last().expect("a snapshot");
        assert_eq!((last.total, last.total_is_estimate), (Some(of_all), false));
        assert_eq!((last.counters.listed, last.counters.finished()), (of_all, of_all));
        assert_eq!(report.counters.written + report.counters.unchanged, of_all);
    }
    assert_eq!(shop.stored().len(), 300);
    engine.close().await;
}

#[tokio::test]
async fn an_empty_table_is_not_a_hundred_percent_of_something() {
    let shop = Shop::of(0);
    let engine = shop.engine().await;
    let job = engine.sync(shop.rows(), SyncOptions::default()).await.expect("a job");
    let (seen, report) = watched(job).await;
    assert!(seen.iter().all(|now| now.total.is_none_or(|total| total == 0)));
    assert!(seen.iter().all(|now| now.counters.finished() == 0));
    assert_eq!((report.counters, report.state), (Counters::default(), JobState::Completed));
    engine.close().await;
}

/// A row's document with this text, read at this moment.
fn reading(feed: Feed, text: &str, read: ReadOrder) -> ItemWrite {
    let reading = Reading { parser_version: 1, configuration_version: Digest::of(b"") };
    let content_digest = Digest::of(text.as_bytes());
    let (git_sha1, size_bytes) = (None, text.len() as u64);
    let fingerprint = fingerprint(&content_digest, &reading);
    let version = Version { content_digest, git_sha1, size_bytes, reading, fingerprint };
    let texts = [Some(text.to_owned()), None, None, None];
    let document = Box::new(Document { title: None, texts, ..Document::default() });
    ItemWrite {
        source: feed.source,
        key: ItemKey::new("1"),
        place: driftless::store::JobPlace {
            job_id: feed.job_id,
            attempt: 1,
            sequence: driftless::item::Sequence(0),
        },
        read,
        now_ms: 0,
        result: ItemResult::Document { document, version },
    }
}

#[tokio::test]
async fn an_older_reading_of_a_row_never_overwrites_a_newer_one() {
    let any = Reading { parser_version: 1, configuration_version: Digest::of(b"") };
    let order = |epoch, counter| ReadOrder { epoch, counter };
    for (newer, older) in
        [(order(3, 8), order(3, 7)), (order(3, 1), order(2, 900)), (order(2, 0), order(1, 0))]
    {
        let store = HandFed::new(any);
        let mut feed = store.feed("product", "default").await;
        let typed = |tx: &_| ensure_document_type(tx, &product());
        let made = store.store.writer().transact(move |tx| typed(tx)).await;
        feed.source = SourceRow { document_type: made.ok(), ..feed.source };
        let first = store.apply(vec![reading(feed, "herring", newer)]).await;
        assert!(matches!(first[..], [Applied::Done(_)]), "{first:?}");
        let late = store.apply(vec![reading(feed, "mackerel", older)]).await;
        assert_eq!(late, [Applied::Superseded], "{older:?} behind {newer:?}");
        let reader = store.store.reader().expect("a reader");
        let hits = |word: &str| reader.search(&SearchQuery::words(word)).expect("hits").len();
        assert_eq!((hits("herring"), hits("mackerel")), (1, 0), "{older:?} behind {newer:?}");
        // A later one does, and leaves no word of the one before.
        let last = order(newer.epoch, newer.counter + 1);
        store.apply(vec![reading(feed, "mackerel", last)]).await;
        assert_eq!((hits("herring"), hits("mackerel")), (0, 1));
        assert_eq!(store.store.violations().await.expect("checked"), Vec::<String>::new());
    }
}

#[tokio::test]
async fn one_poison_row_costs_only_itself_and_is_not_read_again_and_again() {
    let shop = json_shop(384);
    shop.run("update product set price = 'a lot' where id = 5");
    shop.run(&format!("{TOO_DEEP} where id = 200"));
    let feed = || rows(&shop.path(), with_json());
    let report = shop.sync_with(feed(), SyncOptions::default()).await;
    assert_eq!((report.counters.written, report.counters.rejected), (382, 2));
    let both = [
        ("200".to_owned(), "constraint".to_owned(), 1),
        ("5".to_owned(), "wrong_type".to_owned(), 1),
    ];
    assert_eq!(letters(&shop), both);
    let again = shop.sync_with(feed(), SyncOptions::default()).await.counters;
    assert_eq!((again.unchanged, again.rejected, again.written), (382, 2, 0));
    assert_eq!((letters(&shop), again.bytes), (both.to_vec(), 0), "it was tried again");
    shop.run("update product set price = 5 where id = 5");
    let mended = shop.sync_with(feed(), SyncOptions::default()).await.counters;
    assert_eq!((mended.unchanged, mended.rejected, mended.written), (382, 1, 1));
    assert_eq!(letters(&shop), both[..1]);
    assert_eq!(shop.keys("coil5"), ["5"]);
    // One that was good keeps its good version while it is bad.
    shop.run("update product set price = 'dear', name = 'anchor' where id = 6");
    let broken = shop.sync_with(feed(), SyncOptions::default()).await.counters;
    assert_eq!((broken.unchanged, broken.rejected), (382, 2));
    assert_eq!((shop.keys("rope6"), shop.keys("anchor")), (vec!["6".to_owned()], Vec::new()));
}
