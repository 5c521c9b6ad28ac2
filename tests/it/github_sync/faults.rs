//! Faults on the way: nothing is lost, nothing wrong is stored, nothing is deleted by accident.

use std::time::Duration;

use driftless::fingerprint::git_blob_sha1;
use driftless::job::JobState;

use super::scene::{Scene, pages};
use crate::github::{Answer, GitRepository, Host};
use crate::repository::class;

/// A scene whose pages come by the archive, and one whose pages come by their blobs.
fn both() -> [Scene; 2] {
    [Scene::of(pages(120)), Scene::of(pages(30))]
}

async fn ends_as_if_nothing_had_happened(scene: &Scene, pages: u64) {
    let report = scene.sync().await;
    assert_eq!((report.state, report.counters.written), (JobState::Completed, pages));
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_break_off_are_asked_for_again() {
    for (scene, number) in both().into_iter().zip([120, 30]) {
        let faults = scene.server.faults();
        faults.nth(1).matching("/git/trees/").cut_after(100);
        faults.nth(1).matching("/git/commits/").reset();
        faults.first(3).matching("/git/blobs/").cut_after(10);
        faults.nth(5).matching("/git/blobs/").reset();
        faults.nth(7).matching("/git/blobs/").unfinished();
        faults.nth(1).on(Host::Archive).cut_after(700);
        ends_as_if_nothing_had_happened(&scene, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_server_are_waited_out() {
    for (scene, number) in both().into_iter().zip([120, 30]) {
        let faults = scene.server.faults();
        faults.nth(1).matching("/commits/").answer(Answer::server_error(502));
        faults.nth(1).matching("/git/trees/").answer(Answer::server_error(500));
        faults.nth(1).matching("/tarball/").answer(Answer::server_error(503));
        faults.nth(1).on(Host::Archive).answer(Answer::server_error(502));
        faults.first(2).matching("/git/blobs/").answer(Answer::server_error(503));
        ends_as_if_nothing_had_happened(&scene, number).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_breaks_again_and_again_is_given_up_for_blobs() {
    let scene = Scene::of(pages(120));
    scene.server.faults().every().on(Host::Archive).cut_after(900);
    ends_as_if_nothing_had_happened(&scene, 120).await;
    let seen = scene.server.requests();
    assert_eq!(seen.iter().filter(|it| it.host == Host::Archive).count(), 2);
    assert!(seen.iter().any(|it| it.path_and_query.contains("/git/blobs/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_archive_falsifies_is_repaired_by_its_blob() {
    let scene = Scene::of(pages(120));
    scene.server.faults().every().falsify_file("pages/P050.md");
    ends_as_if_nothing_had_happened(&scene, 120).await;
    let blobs = scene.server.requests();
    let blobs = blobs.iter().filter(|it| it.path_and_query.contains("/git/blobs/")).count();
    assert_eq!(blobs, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_archive_stores_nothing_wrong() {
    for offset in [20, 300, 900, 1500] {
        let scene = Scene::of(pages(120));
        scene.server.faults().every().on(Host::Archive).flip_byte(offset);
        ends_as_if_nothing_had_happened(&scene, 120).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_is_wrong_once_is_asked_for_in_its_other_form() {
    let scene = Scene::of(pages(30));
    scene.server.faults().nth(4).matching("/git/blobs/").falsify();
    ends_as_if_nothing_had_happened(&scene, 30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_cannot_be_read_in_either_form_costs_itself_alone() {
    let scene = Scene::of(pages(30));
    let damaged = r#"{"content":"%%%","encoding":"base64"}"#;
    let (_, content) = pages(30).nth(4).expect("a page");
    let blob = git_blob_sha1(&content);
    let answer = Answer::new(200, damaged).header("content-type", "application/json");
    scene.server.faults().every().matching(&blob).answer(answer);
    let report = scene.sync().await;
    assert_eq!((report.counters.written, report.counters.rejected), (29, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_stays_wrong_is_rejected_and_tried_again_in_the_next_run() {
    let scene = Scene::of(pages(30));
    let first = scene.sync().await;
    let before = scene.digest();
    scene.repository.write("pages/P003.md", class("P003", &["Elsewhere"]));
    scene.repository.commit("an edit");
    scene.server.faults().every().matching("/git/blobs/").falsify();
    let report = scene.sync().await;
    assert_eq!(report.counters.rejected, 1);
    assert_eq!(report.state, JobState::CompletedWithErrors);
    assert_eq!(scene.outcome("pages/P003.md"), "rejected");
    assert_eq!(scene.digest(), before, "the good version is kept");
    assert_ne!(report.source_version, first.source_version);
    scene.server.faults().clear();
    // The commit is the same, and yet it is looked at again.
    ends_as_if_nothing_had_happened_but_one(&scene).await;
}

async fn ends_as_if_nothing_had_happened_but_one(scene: &Scene) {
    let counters = scene.sync().await.counters;
    assert_eq!((counters.written, counters.unchanged, counters.rejected), (1, 29, 0));
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_gives_json_whatever_it_is_asked_for_is_understood() {
    let scene = Scene::of(pages(30));
    scene.server.faults().every().ignore_media_type();
    ends_as_if_nothing_had_happened(&scene, 30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_their_limits_are_good_answers() {
    let scene = Scene::of(pages(30));
    scene.server.faults().every().without_limit_headers();
    ends_as_if_nothing_had_happened(&scene, 30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_are_answers() {
    let scene = Scene::of(pages(120));
    let faults = scene.server.faults();
    faults.every().latency(Duration::from_millis(30));
    faults.every().on(Host::Archive).bytes_per_second(20_000);
    ends_as_if_nothing_had_happened(&scene, 120).await;
    assert!(scene.server.peak_open() <= 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_fails_for_good_fails_the_job_which_then_goes_on() {
    let scene = Scene::of(pages(30));
    scene.server.faults().every().matching("/git/blobs/").answer(Answer::not_found());
    let error = scene.try_sync().await.expect_err("a failure");
    assert_eq!(error.code(), "source_failed");
    scene.server.faults().clear();
    let report = scene.sync().await;
    assert_eq!(report.attempt, 2);
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_github_does_not_give_costs_itself_alone_and_is_asked_for_by_the_next_run() {
    let too_large = r#"{"message":"This API returns blobs up to 100 MB.","errors":[]}"#;
    let too_large = Answer::new(403, too_large).header("content-type", "application/json");
    let (_, content) = pages(30).nth(4).expect("a page");
    let blob = git_blob_sha1(&content);
    for answer in [too_large, Answer::not_found(), Answer::server_error(500)] {
        let scene = Scene::of(pages(30));
        scene.server.faults().every().matching(&blob).answer(answer);
        let report = scene.sync().await;
        assert_eq!(report.state, JobState::CompletedWithErrors);
        assert_eq!((report.counters.written, report.counters.skipped), (29, 1));
        assert_eq!(scene.outcome("pages/P004.md"), "unreadable");
        assert_eq!(report.attention[0].code, "unreadable_items");
        scene.server.faults().clear();
        assert_eq!(scene.sync().await.counters.written, 1);
        assert_eq!(scene.digest(), scene.digest_of_checkout().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_is_refused_is_given_up_for_blobs() {
    let scene = Scene::of(pages(120));
    scene.server.faults().every().matching("/tarball/").answer(Answer::permission());
    ends_as_if_nothing_had_happened(&scene, 120).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn line_ends_that_an_archive_writes_in_another_way_cost_no_request() {
    let repository = GitRepository::of(pages(120));
    repository.write(".gitattributes", "* text=auto eol=crlf\n");
    repository.commit("line ends");
    let scene = Scene::new(repository);
    assert_eq!(scene.sync().await.counters.written, 120);
    let seen = scene.server.requests();
    assert!(seen.iter().any(|it| it.host == Host::Archive));
    assert!(seen.iter().all(|it| !it.path_and_query.contains("/git/blobs/")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_a_rest_gets_it() {
    let scene = Scene::of(pages(5));
    let rest = Answer::server_error(503).header("retry-after", "2");
    scene.server.faults().nth(1).matching("/git/trees/").answer(rest);
    let report = scene.sync().await;
    assert_eq!(report.counters.written, 5);
    assert!(report.traffic.expect("a bill").waited_ms >= 1900);
}
