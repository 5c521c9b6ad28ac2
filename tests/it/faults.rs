//! Faults: items that cannot be used and surroundings that fail. Each ends by its name, and
//! everything else is saved.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use driftless::config::Config;
use driftless::engine::Engine;
use driftless::fingerprint::Reading;
use driftless::item::SourceItem;
use driftless::job::JobState;
use driftless::parse::page::{PageParser, PageSettings};
use driftless::parse::{Parsed, Parser, Rejection, Stage};
use driftless::source::directory::DirectorySettings;
use driftless::store::DeadLetterFilter;

use crate::repository::{Manner, Repository, class, directory, start};

/// A page parser that does something else first, which may be to reject the item.
struct Odd<F> {
    pages: PageParser,
    first: F,
}

impl<F> Parser for Odd<F>
where
    F: Fn(&str) -> Option<Rejection> + Send + Sync + 'static,
{
    fn reading(&self) -> Reading {
        self.pages.reading()
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        match (self.first)(item.key.as_str()) {
            Some(rejection) => Parsed::Rejected(rejection),
            None => self.pages.parse(item),
        }
    }
}

fn odd<F>(first: F) -> Manner
where
    F: Fn(&str) -> Option<Rejection> + Send + Sync + 'static,
{
    let pages = PageParser::new(PageSettings::default());
    Manner { parser: Some(Arc::new(Odd { pages, first })), ..Manner::default() }
}

/// Keys and codes of the open dead letters.
fn letters(repository: &Repository) -> Vec<(String, String)> {
    let all = repository.reader().dead_letters(&DeadLetterFilter::default(), false, 99);
    all.expect("letters").into_iter().map(|it| (it.key, it.code)).collect()
}

fn letter(key: &str, code: &str) -> (String, String) {
    (key.to_owned(), code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parser_that_panics_costs_only_the_items_it_panics_on() {
    let repository = Repository::of(100);
    let manner = odd(|key| {
        assert!(!key.ends_with("7.md"), "{key} is too much");
        None
    });
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!((report.counters.written, report.counters.rejected), (90, 10));
    assert_eq!(report.state, JobState::CompletedWithErrors);
    let expected: Vec<_> =
        (0..10).map(|n| letter(&format!("P0{n}7.md"), "parser_panicked")).collect();
    assert_eq!(letters(&repository), expected);
    assert!(report.errors[0].contains("P007.md is too much"), "{:?}", report.errors);
}

/// A parser that never returns from such items; what sleeps may take ten times its limit.
fn endless(is_endless: fn(&str) -> bool) -> Manner {
    let mut manner = odd(move |key| {
        while is_endless(key) {
            thread::park();
        }
        None
    });
    manner.config.item_timeout = Duration::from_millis(50);
    manner
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_takes_too_long_is_tried_by_three_jobs_and_then_rejected() {
    let repository = Repository::of(100);
    repository.sync().await;
    let before = repository.digest();
    let changed = class("P050", &["P001"]);
    repository.write("P050.md", &changed);
    let manner = endless(|key| key == "P050.md");
    for _ in 0..2 {
        let report = repository.try_sync(&manner).await.expect("a report");
        assert_eq!((report.counters.skipped, report.counters.rejected), (1, 0));
        assert_eq!(report.attention[0].code, "timed_out_items");
        assert_eq!(
            (repository.outcome("P050.md"), letters(&repository)),
            ("timed_out".into(), vec![])
        );
        assert_eq!(repository.digest(), before);
    }
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!((report.counters.skipped, report.counters.rejected), (0, 1));
    assert_eq!(letters(&repository), [letter("P050.md", "timed_out")]);
    // The same version is not tried again, but on request; another one is.
    assert_eq!(repository.sync().await.counters.rejected, 1);
    repository.write("P050.md", class("P050", &["P002"]));
    assert_eq!(repository.sync().await.state, JobState::Completed);
    assert_eq!(letters(&repository), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_read_in_time_by_the_next_job_is_stored() {
    let repository = Repository::of(10);
    let manner = endless(|key| key == "P005.md");
    repository.try_sync(&manner).await.expect("a report");
    assert_eq!(repository.outcome("P005.md"), "timed_out");
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.state), (1, JobState::Completed));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_pauses_before_a_third_thread_is_left_behind() {
    let repository = Repository::of(100);
    let manner = endless(|key| key.starts_with("P05"));
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!(report.state, JobState::Paused);
    assert!(report.attention[0].message.contains("took too long"), "{:?}", report.attention);
    let after = repository.sync().await;
    assert_eq!((&after.job, after.counters.pending()), (&report.job, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cause_that_strikes_every_sixth_item_pauses_the_job() {
    let repository = Repository::of(300);
    let (stage, code) = (Stage::Parse, "refused");
    let is_sixth = |key: &str| key[1..4].parse::<u32>().is_ok_and(|n| n % 6 == 0);
    let rejection = move || Rejection { stage, code, message: "not this one".to_owned() };
    let manner = odd(move |key| is_sixth(key).then(rejection));
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!(report.state, JobState::Paused);
    let attention = &report.attention[0];
    assert_eq!(attention.code, "stopped");
    assert!(attention.message.ends_with("items were rejected: parse refused"), "{attention:?}");
    // The job goes on under its id once the cause is gone; what was rejected is retried.
    let after = repository.sync().await;
    assert_eq!((&after.job, after.counters.listed), (&report.job, 300));
    let engine = repository.open(&Manner::default()).await;
    let retried = engine.retry(repository.directory(), &DeadLetterFilter::default()).await;
    let retried = retried.expect("a job").finished().await.expect("a report");
    assert_eq!(retried.counters.rejected, 0);
    engine.close().await;
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

/// A door that a parser waits at until a test opens it.
#[derive(Clone, Default)]
struct Door(Arc<(Mutex<bool>, Condvar)>);

impl Door {
    fn wait(&self) {
        let (is_open, opened) = &*self.0;
        let is_open = is_open.lock().expect("a door");
        drop(opened.wait_while(is_open, |is_open| !*is_open).expect("a door"));
    }

    fn open(&self) {
        *self.0.0.lock().expect("a door") = true;
        self.0.1.notify_all();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_a_parse_behind_that_does_not_return_and_its_item_is_pending_again() {
    let repository = Repository::of(100);
    let (door, has_come) = (Door::default(), Arc::new(AtomicBool::new(false)));
    let (at_door, comes) = (door.clone(), has_come.clone());
    let mut manner = odd(move |key| {
        if key == "P040.md" {
            comes.store(true, Ordering::SeqCst);
            at_door.wait();
        }
        None
    });
    manner.config.drain_limit = Duration::from_millis(200);
    let engine = repository.open(&manner).await;
    let job = start(&engine, repository.directory(), &manner.options).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while !has_come.load(Ordering::SeqCst) {
        assert!(Instant::now() < deadline, "nobody parses P040.md");
        tokio::task::yield_now().await;
    }
    job.pause("enough");
    let report = job.finished().await.expect("a report");
    assert_eq!((report.state, report.counters.in_flight), (JobState::Paused, 0));
    engine.close().await;
    // What the parser says at last is not heard.
    door.open();
    let known: u32 = repository
        .tables()
        .query_row("select count(*) from item where key = 'P040.md'", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(known, 0);
    let after = repository.sync().await;
    assert_eq!((&after.job, after.state), (&report.job, JobState::Completed));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_monstrous_shape_are_stored() {
    let repository = Repository::of(10);
    let head = class("Monster", &["P001"]);
    let nested = |bullets: usize, deepest: usize| -> String {
        (0..bullets).map(|n| format!("{}- x\n", " ".repeat(n % deepest))).collect()
    };
    repository.write("Many.md", head.clone() + &nested(100_000, 60));
    repository.write("Deep.md", head.clone() + &nested(3_000, 3_000));
    repository.write("Long.md", head.clone() + &"[[Dam]] and more\n".repeat(33_000));
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.state), (13, JobState::Completed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_one_line_of_ten_megabytes_is_left_out_unless_that_is_allowed() {
    let repository = Repository::of(10);
    repository.write("Line.md", class("Line", &[]) + &"x".repeat(10_000_000));
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.counters.skipped), (10, 1));
    assert_eq!(repository.outcome("Line.md"), "too_large");
    let mut settings = DirectorySettings::new(repository.root());
    settings.largest_item_bytes = 16 * 1024 * 1024;
    let engine = repository.open(&Manner::default()).await;
    let job = start(&engine, directory(settings), &<_>::default()).await;
    assert_eq!(job.finished().await.expect("a report").counters.written, 1);
    assert_eq!(repository.outcome("Line.md"), "written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_root_that_vanishes_while_it_is_read_fails_the_job_and_deletes_nothing() {
    let repository = Repository::of(400);
    repository.sync().await;
    let before = repository.digest();
    (0..400).for_each(|n| repository.write(&format!("P{n:03}.md"), class("Changed", &[])));
    let (root, away) = (repository.root(), repository.root().with_extension("away"));
    let manner = odd(move |key| {
        if key == "P010.md" {
            fs::rename(&root, &away).expect("moved away");
        }
        None
    });
    let error = repository.try_sync(&manner).await.expect_err("there is no directory");
    assert_eq!(error.code(), "source_gone");
    let pages: u32 = repository
        .tables()
        .query_row("select count(*) from page", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(pages, 400);
    fs::rename(repository.root().with_extension("away"), repository.root()).expect("moved back");
    let report = repository.sync().await;
    assert_eq!((report.attempt, report.state), (2, JobState::Completed));
    assert_ne!(repository.digest(), before);
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_directory_deletes_nothing_unasked() {
    let repository = Repository::of(5);
    repository.sync().await;
    let before = repository.digest();
    (0..5).for_each(|n| repository.remove(&format!("P{n:03}.md")));
    let report = repository.sync().await;
    assert_eq!((report.counters.deleted, report.counters.withheld), (0, 5));
    assert_eq!(repository.digest(), before);
    let mut manner = Manner::default();
    manner.options.approve_deletions = Some(5);
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!(report.counters.deleted, 5);
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_place_cannot_be_written_is_refused_by_that_name() {
    let repository = Repository::of(1);
    // None of these lets even a privileged user in.
    let mut places = vec![repository.root().join("P000.md/store.db")];
    if cfg!(target_os = "linux") {
        places.push(PathBuf::from("/proc/store.db"));
    }
    for place in places {
        let refused = Engine::open(&place, Config::default()).await.expect_err("no place");
        assert_eq!(refused.code(), "store_not_writable", "{}: {refused}", place.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_s_transaction_is_waited_for() {
    let repository = Repository::of(100);
    let (theirs, begun) = (repository.store(), Door::default());
    let engine = repository.open(&Manner::default()).await;
    let began = begun.clone();
    let holder = thread::spawn(move || {
        let theirs = rusqlite::Connection::open(theirs).expect("the store");
        theirs.busy_timeout(Duration::from_secs(10)).expect("set");
        theirs.execute_batch("begin immediate").expect("begun");
        began.open();
        // Shorter than the engine waits for SQLite's lock.
        thread::sleep(Duration::from_secs(1));
        theirs.execute_batch("rollback").expect("ended");
        Instant::now()
    });
    begun.wait();
    let job = start(&engine, repository.directory(), &<_>::default()).await;
    let report = job.finished().await.expect("a report");
    let ended = Instant::now();
    assert!(ended > holder.join().expect("it ended"), "nobody waited");
    assert_eq!((report.counters.written, report.state), (100, JobState::Completed));
}
