//! Later runs: what changed is applied exactly, what did not is not written.

use std::collections::BTreeMap;
use std::sync::Arc;

use driftless::config::{Config, SyncOptions};
use driftless::job::JobState;
use driftless::store::DeadLetterFilter;
use rusqlite::types::Value;

use crate::repository::{Manner, Repository, class, start};

/// A page that no parser takes for text.
const NOT_TEXT: &[u8] = b"- ### OntologyBlock\n\0";

/// Every row of every table that speaks of items, ids and times included.
fn rows(repository: &Repository) -> BTreeMap<String, Vec<Vec<Value>>> {
    let connection = repository.tables();
    // The index of words is here by the tables that it keeps.
    let tables = "select name from sqlite_schema where type = 'table' and name not like 'sqlite%' \
                  and name not in ('lease', 'job', 'checkpoint', 'search')";
    let mut statement = connection.prepare(tables).expect("tables");
    let names = statement.query_map([], |row| row.get::<_, String>(0)).expect("tables");
    names
        .map(|name| {
            let name = name.expect("a name");
            let mut all = connection.prepare(&format!("select * from {name}")).expect("a table");
            let columns = all.column_count();
            let row = |row: &rusqlite::Row<'_>| (0..columns).map(|at| row.get(at)).collect();
            let rows = all.query_map([], row).and_then(Iterator::collect).expect("rows");
            (name, rows)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_over_unchanged_pages_writes_no_row_of_any_item() {
    let repository = Repository::of(60);
    repository.write("notes.md", "nothing to see\n");
    repository.write("broken.md", NOT_TEXT);
    repository.sync().await;
    let before = rows(&repository);
    let report = repository.sync().await;
    assert_eq!(rows(&repository), before);
    let counters = report.counters;
    assert_eq!((counters.unchanged, counters.skipped, counters.rejected), (60, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_edited_added_renamed_and_deleted_is_applied_and_nothing_else() {
    let repository = Repository::of(60);
    repository.sync().await;
    let decided = |repository: &Repository| -> BTreeMap<String, i64> {
        let connection = repository.tables();
        let mut items = connection.prepare("select key, decided_at_ms from item").expect("items");
        let pairs = items.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("items");
        pairs.collect::<Result<_, _>>().expect("items")
    };
    let before = decided(&repository);
    repository.write("P005.md", class("P005", &["P001", "Elsewhere"]));
    repository.write("New.md", class("New", &["P007"]));
    repository.rename("P010.md", "Moved.md");
    repository.remove("P020.md");
    let report = repository.sync().await;
    let counters = report.counters;
    assert_eq!((counters.listed, counters.written, counters.unchanged), (60, 3, 57));
    assert_eq!((counters.candidates, counters.deleted), (2, 2));
    let touched = ["P005.md", "P010.md", "P020.md"];
    let after = decided(&repository);
    for (key, at) in before.iter().filter(|(key, _)| !touched.contains(&key.as_str())) {
        assert_eq!(after.get(key), Some(at), "{key} was written");
    }
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

fn approving(deletions: u64) -> Manner {
    let options = SyncOptions { approve_deletions: Some(deletions), ..SyncOptions::default() };
    Manner { options, ..Manner::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_deletions_are_withheld_until_so_many_are_approved() {
    let repository = Repository::of(100);
    repository.sync().await;
    let before = repository.digest();
    (0..30).for_each(|n| repository.remove(&format!("P{n:03}.md")));
    for unwilling in [Manner::default(), approving(29)] {
        let report = repository.try_sync(&unwilling).await.expect("a report");
        assert_eq!((report.counters.deleted, report.counters.withheld), (0, 30));
        assert_eq!(report.state, JobState::CompletedWithErrors);
        assert_eq!(report.attention[0].code, "deletions_withheld");
        assert_eq!(report.withheld.len(), 30);
        assert_eq!(repository.digest(), before);
    }
    let report = repository.try_sync(&approving(30)).await.expect("a report");
    assert_eq!((report.counters.deleted, report.counters.withheld), (30, 0));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_is_not_counted_by_the_deletion_guard() {
    let repository = Repository::of(100);
    repository.sync().await;
    (0..50).for_each(|n| repository.rename(&format!("P{n:03}.md"), &format!("M{n:03}.md")));
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.counters.deleted), (50, 50));
    assert_eq!(report.state, JobState::Completed);
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn force_writes_every_page_again_and_changes_nothing() {
    let repository = Repository::of(40);
    repository.sync().await;
    let before = repository.digest();
    let options = SyncOptions { force: true, ..SyncOptions::default() };
    let manner = Manner { options, ..Manner::default() };
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!((report.counters.written, report.counters.unchanged), (40, 0));
    assert_eq!(repository.digest(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_configuration_makes_every_page_stale() {
    let repository = Repository::of(40);
    repository.sync().await;
    let mut config = Config::default();
    config.pages.prefixes.insert("mv", "https://example.org/elsewhere#");
    let manner = Manner { config: config.clone(), ..Manner::default() };
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!((report.counters.written, report.counters.unchanged), (40, 0));
    assert_eq!(repository.digest(), repository.rebuilt(&config).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_scope_moves_every_class_there() {
    let repository = Repository::of(20);
    repository.sync().await;
    let config = Config { ontology_id: "other".to_owned(), ..Config::default() };
    let manner = Manner { config: config.clone(), ..Manner::default() };
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!(report.counters.written, 20);
    assert_eq!(repository.digest(), repository.rebuilt(&config).await);
}

fn letters(repository: &Repository) -> Vec<(String, String, u32)> {
    let all = repository.reader().dead_letters(&DeadLetterFilter::default(), false, 99);
    all.expect("letters").into_iter().map(|it| (it.key, it.code, it.attempts)).collect()
}

fn letter(key: &str, attempts: u32) -> Vec<(String, String, u32)> {
    vec![(key.to_owned(), "not_text".to_owned(), attempts)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_cannot_be_used_keeps_its_previous_version_until_it_is_mended() {
    let repository = Repository::of(20);
    repository.sync().await;
    let before = repository.digest();
    repository.write("P003.md", NOT_TEXT);
    let report = repository.sync().await;
    assert_eq!((report.counters.rejected, report.state), (1, JobState::CompletedWithErrors));
    assert_eq!(letters(&repository), letter("P003.md", 1));
    assert_eq!(repository.digest(), before);
    // The same bytes are not tried again by themselves.
    let report = repository.sync().await;
    assert_eq!((report.counters.rejected, letters(&repository)), (1, letter("P003.md", 1)));
    repository.write("P003.md", class("P003", &["P019"]));
    assert_eq!(repository.sync().await.state, JobState::Completed);
    assert_eq!(letters(&repository), []);
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_goes_back_to_its_good_version_is_good_again() {
    let repository = Repository::of(5);
    repository.sync().await;
    let before = repository.digest();
    repository.write("P003.md", NOT_TEXT);
    repository.sync().await;
    repository.write("P003.md", class("P003", &["P002"]));
    assert_eq!(repository.sync().await.state, JobState::Completed);
    assert_eq!((letters(&repository), repository.digest()), (Vec::new(), before));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_page_takes_its_dead_letter_with_it() {
    let repository = Repository::of(5);
    repository.write("Broken.md", NOT_TEXT);
    repository.sync().await;
    repository.remove("Broken.md");
    assert_eq!(repository.sync().await.counters.deleted, 1);
    assert_eq!(letters(&repository), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_tries_dead_letters_again_and_deletes_nothing() {
    let repository = Repository::of(5);
    repository.write("Broken.md", NOT_TEXT);
    repository.write("Wrong.md", NOT_TEXT);
    repository.sync().await;
    repository.remove("P001.md");
    repository.write("Wrong.md", class("Wrong", &[]));
    let engine = repository.open(&Manner::default()).await;
    let all = DeadLetterFilter::default();
    let job = engine.retry(repository.directory(), &all).await.expect("a job");
    let counters = job.finished().await.expect("a report").counters;
    assert_eq!((counters.listed, counters.written, counters.rejected), (2, 1, 1));
    assert_eq!((counters.candidates, counters.deleted), (0, 0));
    assert_eq!(letters(&repository), letter("Broken.md", 2));
    assert_eq!(repository.outcome("P001.md"), "written");
    assert_eq!(engine.violations().await.expect("checked"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_item_is_left_out_until_it_changes() {
    let repository = Repository::of(5);
    repository.write("Broken.md", NOT_TEXT);
    repository.sync().await;
    let engine = repository.open(&Manner::default()).await;
    let all = DeadLetterFilter::default();
    assert_eq!(engine.discard(all.clone(), "not ours".to_owned()).await.expect("done"), 1);
    let nothing = engine.retry(repository.directory(), &all).await;
    assert_eq!(nothing.expect_err("no open letter").code(), "unknown_name");
    engine.close().await;
    let report = repository.sync().await;
    assert_eq!((report.counters.skipped, report.state), (1, JobState::Completed));
    repository.write("Broken.md", [NOT_TEXT, b"more"].concat());
    assert_eq!(repository.sync().await.counters.rejected, 1);
    assert_eq!(letters(&repository), letter("Broken.md", 2));
}

/// Pauses a job before it has ended, and closes the store.
async fn paused(repository: &Repository, manner: &Manner) -> driftless::engine::Report {
    let engine = repository.open(manner).await;
    let job = start(&engine, repository.directory(), &manner.options).await;
    job.pause("a test wants it");
    let report = job.finished().await.expect("a report");
    engine.close().await;
    assert_eq!(report.state, JobState::Paused);
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_job_goes_on_under_its_id() {
    let repository = Repository::of(100);
    let before = paused(&repository, &Manner::default()).await;
    assert_eq!(before.attention[0].message, "a test wants it");
    let after = repository.sync().await;
    assert_eq!((&after.job, after.attempt), (&before.job, 2));
    assert_eq!((after.state, after.started_at_ms), (JobState::Completed, before.started_at_ms));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_asked_for_something_else_gives_way_to_a_new_one() {
    let forced =
        Manner { options: SyncOptions { force: true, ..<_>::default() }, ..<_>::default() };
    let scoped = Config { ontology_id: "other".to_owned(), ..Config::default() };
    let scoped = Manner { config: scoped, ..Manner::default() };
    for other in [forced, scoped] {
        let repository = Repository::of(30);
        let before = paused(&repository, &Manner::default()).await;
        let after = repository.try_sync(&other).await.expect("a report");
        assert_ne!(after.job, before.job);
        assert_eq!(after.attempt, 1);
        let query = "select state, error_code from job where uid = ?1";
        let left: (String, String) = repository
            .tables()
            .query_row(query, [before.job.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .expect("the job");
        assert_eq!(left, ("cancelled".to_owned(), "superseded".to_owned()));
        assert_eq!(repository.digest(), repository.rebuilt(&other.config).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_job_is_not_continued() {
    let repository = Repository::of(100);
    let engine = repository.open(&Manner::default()).await;
    let job = start(&engine, repository.directory(), &SyncOptions::default()).await;
    job.cancel();
    let before = job.finished().await.expect("a report");
    engine.close().await;
    assert_eq!(before.state, JobState::Cancelled);
    let after = repository.sync().await;
    assert_ne!(after.job, before.job);
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_jobs_of_one_engine_run_one_after_the_other() {
    let (one, two) = (Repository::of(60), Repository::of(50));
    let engine = Arc::new(one.open(&Manner::default()).await);
    let first = start(&engine, one.directory(), &SyncOptions::default()).await;
    let second = start(&engine, two.directory(), &SyncOptions::default()).await;
    let (first, second) = (first.finished().await, second.finished().await);
    assert_eq!(first.expect("a report").counters.written, 60);
    assert_eq!(second.expect("a report").counters.written, 50);
    assert_eq!(engine.violations().await.expect("checked"), Vec::<String>::new());
}
