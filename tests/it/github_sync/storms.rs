//! Storms: many faults at once, of every kind, at requests that a seed chooses. Whatever comes,
//! a job ends or fails and goes on, and the last one leaves what a checkout leaves.

use std::time::Duration;

use super::scene::{Scene, pages};
use crate::github::{Answer, Host, Seen};
use crate::repository::class;

/// Runs after which a storm must be over.
const RUNS: usize = 12;

/// Faults of one storm.
const FAULTS: usize = 7;

/// What is on its way when a pause is asked for arrives a little later.
const ON_ITS_WAY: Duration = Duration::from_millis(600);

/// Numbers from a seed: SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// One fault of any kind, at a request somewhere.
fn fault(scene: &Scene, dice: &mut Dice) {
    let place =
        dice.pick(&["/commits/", "/git/commits/", "/git/trees/", "/git/blobs/", "/tarball/", ""]);
    let nth = 1 + dice.below(if place == "/git/blobs/" { 30 } else { 3 });
    let aim = match dice.below(5) {
        0 => scene.server.faults().nth(nth).on(Host::Archive),
        _ => scene.server.faults().nth(nth).matching(place),
    };
    let bytes = dice.pick(&[0, 1, 17, 300, 2000]);
    match dice.below(13) {
        0 => aim.latency(Duration::from_millis(dice.below(400))),
        1 => aim.bytes_per_second(5_000 + dice.below(20_000)),
        2 | 3 => aim.cut_after(bytes),
        4 => aim.unfinished(),
        5 => aim.reset(),
        6 => aim.flip_byte(bytes),
        7 => aim.falsify(),
        8 => aim.truncate_at_entries(3),
        9 => aim.ignore_media_type(),
        10 => aim.answer(Answer::secondary_limit(Duration::from_secs(1))),
        11 => aim.answer(Answer::primary_limit(Duration::from_secs(1))),
        _ => aim.answer(Answer::server_error(dice.pick(&[500, 502, 503]))),
    }
}

/// Requests to the API that came while it had asked for none.
fn hasty(seen: &[Seen]) -> Vec<String> {
    let refused = seen.iter().filter(|it| matches!(it.status, Some(403 | 429)));
    let pauses: Vec<_> = refused.map(|it| (it.at, it.at + Duration::from_millis(950))).collect();
    let in_pause =
        |it: &&Seen| pauses.iter().any(|(from, to)| it.at > *from + ON_ITS_WAY && it.at < *to);
    seen.iter().filter(in_pause).map(|it| it.path_and_query.clone()).collect()
}

async fn weathers(seed: u64, number: usize) {
    let context = format!("seed {seed}, {number} pages");
    let mut dice = Dice(seed);
    let scene = Scene::of(pages(number));
    scene.sync().await;
    for n in 0..number / 3 {
        let name = format!("P{n:03}");
        scene.repository.write(format!("pages/{name}.md"), class(&name, &["Changed"]));
    }
    scene.repository.remove(format!("pages/P{:03}.md", number - 1));
    scene.repository.write("pages/New.md", class("New", &["P001"]));
    scene.repository.commit("changes");
    scene.server.reset_requests();
    for _ in 0..FAULTS {
        fault(&scene, &mut dice);
    }
    let mut is_over = false;
    for _ in 0..RUNS {
        let result = scene.try_sync().await;
        is_over = result.as_ref().is_ok_and(driftless::engine::Report::is_clean);
        let deleted = scene.number("select count(*) from item where outcome = 'deleted'");
        assert!(deleted <= 1, "{context}: {deleted} deleted");
        let lost = scene.number("select count(*) from page");
        assert!(lost >= number as i64 - 1, "{context}: {lost} pages left");
        if is_over {
            break;
        }
    }
    assert!(is_over, "{context}: it never ended");
    assert_eq!(scene.digest(), scene.digest_of_checkout().await, "{context}");
    let hasty = hasty(&scene.server.requests());
    assert!(hasty.is_empty(), "{context}: {hasty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_server_does_the_end_is_that_of_a_checkout_by_blobs() {
    for seed in 0..10 {
        weathers(seed, 40).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_server_does_the_end_is_that_of_a_checkout_by_the_archive() {
    for seed in 100..110 {
        weathers(seed, 360).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_stalls_is_left_and_asked_for_again() {
    let scene = Scene::of(pages(120));
    scene.server.faults().nth(1).on(Host::Archive).stall_after(600);
    let report = scene.sync().await;
    assert_eq!(report.counters.written, 120);
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_stalls_is_left_and_asked_for_again() {
    let scene = Scene::of(pages(12));
    scene.server.faults().nth(1).matching("/git/blobs/").stall_after(3);
    let report = scene.sync().await;
    assert_eq!(report.counters.written, 12);
    assert!(report.traffic.expect("a bill").retries >= 1);
}
