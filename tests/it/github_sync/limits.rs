//! Limits: what GitHub asks of whoever asks it is done, to the second.

use std::time::{Duration, Instant};

use driftless::config::{Config, SyncOptions};
use driftless::engine::Engine;

use super::scene::{Scene, TOKEN, pages};
use crate::github::{Answer, Limits, Seen};

/// The time from the answer that asked for a pause to the next request.
fn pause_after(seen: &[Seen], status: u16) -> Duration {
    let at = seen.iter().position(|it| it.status == Some(status)).expect("a refusal");
    seen[at + 1..].iter().map(|next| next.at - seen[at].at).min().expect("a next request")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_during_a_pause_that_was_asked_for() {
    let cases = [
        Answer::secondary_limit(Duration::from_secs(2)),
        Answer::secondary_limit(Duration::from_secs(2)).with_status(429),
        Answer::primary_limit(Duration::from_secs(2)),
    ];
    for answer in cases {
        let scene = Scene::of(pages(30));
        scene.server.faults().nth(3).matching("/git/blobs/").answer(answer);
        let report = scene.sync().await;
        assert_eq!(report.counters.written, 30);
        let seen = scene.server.requests();
        let refused = seen.iter().find(|it| matches!(it.status, Some(403 | 429))).expect("one");
        // What was on its way already is no new request.
        let late = seen.iter().filter(|it| it.at > refused.at + Duration::from_millis(800));
        let first = late.map(|it| it.at - refused.at).min().expect("a later request");
        assert!(first >= Duration::from_millis(1900), "{first:?}");
        assert!(report.traffic.expect("a bill").waited_ms >= 1900);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_to_wait_is_that_of_the_server_s_clock() {
    for ahead_s in [-7200, 7200] {
        let scene = Scene::of(pages(5));
        scene.server.clock_ahead_s(ahead_s);
        let answer = Answer::primary_limit(Duration::from_secs(2));
        scene.server.faults().nth(1).matching("/git/trees/").answer(answer);
        let begun = Instant::now();
        assert_eq!(scene.sync().await.counters.written, 5);
        assert!(pause_after(&scene.server.requests(), 403) >= Duration::from_millis(900));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_is_used_up_is_waited_for_and_a_part_of_it_left_to_others() {
    let scene = Scene::of(pages(40));
    let window = Duration::from_secs(3);
    scene.server.limits(Limits { with_token: 20, without_token: 20, window });
    assert_eq!(scene.sync().await.counters.written, 40);
    let seen = scene.server.requests();
    assert!(seen.iter().all(|it| it.status == Some(200)), "the limit was never run into");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_honoured_by_the_process_that_starts_next() {
    let scene = Scene::of(pages(5));
    let answer = Answer::primary_limit(Duration::from_secs(6));
    scene.server.faults().nth(1).matching("/git/trees/").answer(answer);
    let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
    let source = scene.source(Some(TOKEN)).expect("a source");
    let job = engine.sync(source, SyncOptions::default()).await.expect("a job");
    let mut progress = job.progress();
    progress.wait_for(|now| now.waiting.is_some()).await.expect("a pause");
    // It is remembered soon after it is shown.
    let remembered = "select count(*) from source where paused_until_ms > 0";
    while scene.number(remembered) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    job.abandon();
    assert!(job.finished().await.is_err());
    engine.close().await;
    assert_eq!(scene.sync().await.counters.written, 5);
    assert!(pause_after(&scene.server.requests(), 403) >= Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_for_its_limit_can_be_paused_at_once() {
    for place in ["/commits/HEAD", "/git/trees/"] {
        let scene = Scene::of(pages(5));
        let answer = Answer::primary_limit(Duration::from_secs(600));
        scene.server.faults().nth(1).matching(place).answer(answer);
        let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
        let source = scene.source(Some(TOKEN)).expect("a source");
        let job = engine.sync(source, SyncOptions::default()).await.expect("a job");
        let mut progress = job.progress();
        progress.wait_for(|now| now.waiting.is_some()).await.expect("a pause");
        let begun = Instant::now();
        job.pause("enough");
        let report = job.finished().await.expect("a report");
        assert_eq!(report.state.as_str(), "paused");
        assert!(begun.elapsed() < Duration::from_secs(5), "at {place}");
        engine.close().await;
    }
}
