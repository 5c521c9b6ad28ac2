//! `kill -9` at moments that nobody chose.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::oracle::{Remains, wait_until_decided, wrong_after_death, wrong_after_end};
use crate::scene::Scene;
use crate::victim::Victim;

/// Kills of one test; two tests kill. `DRIFTLESS_CRASHES` sets the sum.
const KILLS: usize = 25;

/// Pages besides the fixtures.
const PAGES: usize = 90;

/// Makes runs three times as long, and most of that is spent inside a transaction.
const SLOW: &str = "store::commit=sleep(2)";

/// Promised is a first new commit within ten seconds; a lease would be waited for for thirty.
const FIRST_COMMIT_MS: u64 = 10_000;

fn kills() -> usize {
    let set = std::env::var("DRIFTLESS_CRASHES").ok().and_then(|kills| kills.parse().ok());
    set.map_or(KILLS, |kills: usize| kills.div_ceil(2))
}

/// `DRIFTLESS_SEED`, or one of the clock; every failure names it.
pub(crate) fn seed() -> u64 {
    let set = std::env::var("DRIFTLESS_SEED").ok().and_then(|seed| seed.parse().ok());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    set.unwrap_or_else(clock)
}

/// Kills the victim of a job of so many items at a random moment; false if it ended first.
fn kill_somewhen(scene: &mut Scene, mut victim: Victim, usual: Duration, items: usize) -> bool {
    if scene.dice.below(2) == 0 {
        let usual = usual.as_micros().try_into().expect("a short time");
        thread::sleep(Duration::from_micros(scene.dice.below(usual) as u64));
        return victim.kill();
    }
    // By what it has done: this hits late moments as often as early ones.
    let decided = Remains::read(&scene.store()).decided();
    let enough = decided + scene.dice.below(items.saturating_sub(decided) + 1);
    wait_until_decided(&scene.store(), enough, &mut victim);
    victim.kill()
}

/// Kills jobs again and again, then lets the last one end and looks at everything. A job
/// that ended before it was killed is followed by another, which `renew` finds work for: it
/// gives the number of items.
fn kill_and_finish(
    scene: &mut Scene,
    kills: usize,
    usual: Duration,
    renew: impl Fn(&mut Scene) -> usize,
    context: &str,
) {
    let mut items = renew(scene);
    let (mut killed, mut touched) = (0, BTreeSet::new());
    // Commits that take longer are hit more often.
    let is_slow = scene.dice.below(2) == 0;
    let (slow, usual) = if is_slow { (SLOW, usual * 3) } else { ("", usual) };
    while killed < kills {
        let victim = scene.start(slow);
        if !kill_somewhen(scene, victim, usual, items) {
            scene.job_ended();
            touched.clear();
            items = renew(scene);
            continue;
        }
        killed += 1;
        // Half the time the next process is the first to see what is left.
        if scene.dice.below(2) == 0 && scene.store().exists() {
            let wrong = wrong_after_death(&scene.store());
            assert!(wrong.is_empty(), "{context}, kill {killed}: {wrong:#?}");
        }
        if scene.dice.below(3) == 0 {
            touched.extend(scene.change(3));
        }
    }
    let remains = Remains::read(&scene.store());
    let answer = scene.run("");
    let wrong = wrong_after_end(scene, &answer, &remains, &touched, scene.rebuilt());
    assert!(wrong.is_empty(), "{context}, after {killed} kills: {wrong:#?}");
    let first_commit_ms = answer.first_commit_ms.unwrap_or_default();
    assert!(first_commit_ms < FIRST_COMMIT_MS, "{context}: {first_commit_ms} ms to a commit");
    scene.job_ended();
}

/// Kills as often as one test should, a few times before each look at everything.
fn kill_on(mut scene: Scene, seed: u64, usual: Duration, renew: impl Fn(&mut Scene) -> usize) {
    let mut left = kills();
    while left > 0 {
        let kills = (2 + scene.dice.below(6)).min(left);
        let context = format!("DRIFTLESS_SEED={seed}, {left} kills left");
        kill_and_finish(&mut scene, kills, usual, &renew, &context);
        left -= kills;
    }
}

#[test]
fn a_first_sync_that_is_killed_at_any_moment_ends_as_if_nothing_had_happened() {
    let seed = seed();
    let scene = Scene::new(seed, PAGES);
    let begun = Instant::now();
    scene.run("");
    kill_on(scene, seed, begun.elapsed(), |scene| {
        scene.forget();
        scene.keys().len()
    });
}

#[test]
fn a_later_sync_that_is_killed_at_any_moment_ends_as_if_nothing_had_happened() {
    let seed = seed();
    let scene = Scene::new(!seed, PAGES);
    let begun = Instant::now();
    scene.run("");
    // It has less to do than the first one, but looks at as many files.
    let usual = begun.elapsed() * 2 / 3;
    kill_on(scene, seed, usual, |scene| {
        let changes = 40 + scene.dice.below(40);
        scene.change(changes).len()
    });
}
