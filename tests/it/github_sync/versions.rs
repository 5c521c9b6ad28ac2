//! Versions: a job keeps the commit that it began with, as long as there is one.

use driftless::config::{Config, SyncOptions};
use driftless::engine::Engine;
use driftless::job::JobState;
use driftless::store::DeadLetterFilter;

use super::scene::{Scene, TOKEN, pages, paths};
use crate::github::Answer;
use crate::repository::class;

/// Runs until some items are written, then ends as a killed process does.
async fn interrupted(scene: &Scene, written: u64) {
    let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
    let source = scene.source(Some(TOKEN)).expect("a source");
    let job = engine.sync(source, SyncOptions::default()).await.expect("a job");
    let mut progress = job.progress();
    progress.wait_for(|now| now.counters.written >= written).await.expect("progress");
    job.abandon();
    assert!(job.finished().await.is_err());
    engine.close().await;
}

fn edit(scene: &Scene) -> String {
    scene.repository.write("pages/P000.md", class("P000", &["Changed"]));
    scene.repository.commit("an edit")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_moves_during_a_job_does_not_move_the_job() {
    let scene = Scene::of(pages(20));
    let first = scene.repository.commit("nothing new");
    let repository = scene.repository.clone();
    scene.server.faults().nth(1).matching("/git/commits/").then(move || {
        repository.write("pages/P000.md", class("P000", &["Moved"]));
        repository.write("pages/P020.md", class("P020", &["P000"]));
        repository.commit("meanwhile");
    });
    let report = scene.sync().await;
    assert_eq!(report.source_version.as_deref(), Some(first.as_str()));
    assert_eq!(report.counters.written, 20);
    assert_eq!(scene.sync().await.counters.written, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_job_goes_on_with_its_own_commit() {
    let scene = Scene::of(pages(80));
    let pinned = scene.repository.commit("the first");
    // Slow enough that it is cut off in the middle.
    let latency = std::time::Duration::from_millis(20);
    scene.server.faults().every().matching("/git/blobs/").latency(latency);
    interrupted(&scene, 10).await;
    let written = scene.number("select count(*) from item where outcome = 'written'");
    assert!((10..80).contains(&written), "{written}");
    edit(&scene);
    scene.server.reset_requests();
    let report = scene.sync().await;
    assert_eq!((report.attempt, report.source_version), (2, Some(pinned)));
    assert_eq!(report.counters.written, 80);
    let blobs = paths(&scene.server.requests()).iter().filter(|it| it.contains("/blobs/")).count();
    assert_eq!(blobs as i64, 80 - written, "what is committed is not fetched again");
    // The next one goes to where the branch is now.
    assert_eq!(scene.sync().await.counters.written, 1);
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_commit_is_gone_goes_on_with_the_present_one() {
    let scene = Scene::of(pages(80));
    scene.server.faults().every().latency(std::time::Duration::from_millis(20));
    interrupted(&scene, 10).await;
    scene.server.faults().clear();
    let repository = &scene.repository;
    for (path, content) in pages(80) {
        repository.write(path, content);
    }
    repository.write("pages/P001.md", class("P001", &["Forced"]));
    repository.remove("pages/P002.md");
    let forced = repository.commit_on("other", "a history of its own");
    let branch = "trunk";
    repository.point(branch, &forced);
    repository.delete("other");
    repository.forget();
    let report = scene.sync().await;
    assert_eq!(report.source_version.as_deref(), Some(forced.as_str()));
    assert_eq!(report.state, JobState::Completed);
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_failed_takes_the_commit_that_may_have_mended_it() {
    let scene = Scene::of(pages(12));
    scene.server.faults().every().matching("/git/blobs/").answer(Answer::not_found());
    assert!(scene.try_sync().await.is_err());
    let mended = edit(&scene);
    scene.server.faults().clear();
    let report = scene.sync().await;
    assert_eq!((report.attempt, report.source_version), (2, Some(mended)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_that_read_another_commit_is_not_taken_for_the_last_sync() {
    let scene = Scene::of(pages(5));
    scene.repository.write("pages/P000.md", b"- ### OntologyBlock\n\0".as_slice());
    let first = scene.repository.commit("not a page");
    assert_eq!(scene.sync().await.counters.rejected, 1);
    edit(&scene);
    let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
    let source = scene.source(Some(TOKEN)).expect("a source");
    let all = DeadLetterFilter { cause_id: None, key: None };
    let job = engine.retry(source, &all).await.expect("a job");
    assert_eq!(job.finished().await.expect("a report").counters.written, 1);
    engine.close().await;
    scene.repository.point("trunk", &first);
    assert_eq!(scene.sync().await.counters.rejected, 1, "what the commit has is looked at again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_leaves_out_what_a_sync_would() {
    let mut scene = Scene::of(pages(5));
    scene.repository.write("pages/P000.md", b"- ### OntologyBlock\n\0".as_slice());
    scene.repository.commit("not a page");
    scene.settings.largest_item_bytes = 500;
    scene.sync().await;
    scene.repository.write("pages/P000.md", "- too much\n".repeat(100));
    scene.repository.commit("too large now");
    let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
    let source = scene.source(Some(TOKEN)).expect("a source");
    let all = DeadLetterFilter { cause_id: None, key: None };
    let job = engine.retry(source, &all).await.expect("a job");
    job.finished().await.expect("a report");
    engine.close().await;
    assert_eq!(scene.outcome("pages/P000.md"), "too_large");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_and_a_commit_are_references_too() {
    let mut scene = Scene::of(pages(3));
    let first = scene.repository.commit("the first");
    scene.repository.tag("v1", &first);
    edit(&scene);
    for reference in ["v1", &first] {
        scene.settings.address = scene.settings.address.clone().at(reference).expect("a name");
        let report = scene.sync().await;
        assert_eq!(report.source_version.as_deref(), Some(first.as_str()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn force_writes_again_what_has_not_changed() {
    let mut scene = Scene::of(pages(12));
    scene.sync().await;
    scene.options = SyncOptions { force: true, ..SyncOptions::default() };
    assert_eq!(scene.sync().await.counters.written, 12);
}
