//! Who may write: a dead process is followed at once, a living one never, a stopped one when
//! its lease has run out; and it writes nothing when it wakes.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use driftless::store::{Durability, Store, StoreError};

use crate::oracle::{Remains, tables, wait_until_decided, wrong_after_end};
use crate::scene::Scene;
use crate::victim::{Answer, Victim};

/// Pages besides the fixtures.
const PAGES: usize = 40;

/// A lease is thirty seconds, a wait for SQLite's lock five: this is neither.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Every further item takes for ever; the transactions before are done.
const STUCK: &str = "pipeline::parse=20*off->sleep(60000)";

fn open(scene: &Scene) -> Result<Store, StoreError> {
    open_later(scene, Duration::ZERO)
}

/// Opens as somebody does whose clock shows so much more.
fn open_later(scene: &Scene, later: Duration) -> Result<Store, StoreError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970") + later;
    let now_ms = i64::try_from(now.as_millis()).expect("a time");
    Store::open(&scene.store(), Durability::Normal, now_ms)
}

fn stuck(scene: &Scene) -> Victim {
    let mut victim = scene.start(STUCK);
    wait_until_decided(&scene.store(), 20, &mut victim);
    victim
}

#[test]
fn a_second_process_is_refused_at_once_while_the_first_one_lives() {
    let scene = Scene::new(21, PAGES);
    let victim = stuck(&scene);
    let begun = Instant::now();
    let refused = open(&scene);
    let process = format!("process {}", victim.id());
    let Err(StoreError::Locked { holder, .. }) = refused else { panic!("{refused:?}") };
    assert!(holder.ends_with(&process), "{holder} is not {process}");
    assert!(begun.elapsed() < AT_ONCE, "it took {:?}", begun.elapsed());
}

#[test]
fn nobody_waits_for_the_lease_of_a_dead_process() {
    let scene = Scene::new(22, PAGES);
    assert!(stuck(&scene).kill(), "it should not have ended");
    let begun = Instant::now();
    open(&scene).expect("nobody holds it");
    assert!(begun.elapsed() < AT_ONCE, "it took {:?}", begun.elapsed());
}

#[test]
fn a_second_process_is_refused_at_once_while_the_first_one_is_inside_a_transaction() {
    let scene = Scene::new(23, PAGES);
    let mut victim = scene.start("store::commit=20*off->sleep(60000)");
    wait_until_decided(&scene.store(), 1, &mut victim);
    wait_until_inside(&scene);
    let begun = Instant::now();
    let refused = open(&scene);
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    assert!(begun.elapsed() < AT_ONCE, "it took {:?}", begun.elapsed());
    // Nor is it taken over when its lease has run out: it holds SQLite's lock.
    let refused = open_later(&scene, Duration::from_secs(60));
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
}

/// Waits until somebody is inside a transaction that is longer than any should be.
fn wait_until_inside(scene: &Scene) {
    let connection = tables(&scene.store()).expect("a store");
    connection.busy_timeout(Duration::from_millis(500)).expect("set");
    let deadline = Instant::now() + Duration::from_secs(20);
    while connection.execute_batch("begin immediate; rollback").is_ok() {
        assert!(Instant::now() < deadline, "nobody is inside a transaction");
    }
}

#[test]
fn a_second_process_is_refused_while_the_first_one_makes_the_store() {
    let scene = Scene::new(25, PAGES);
    let mut victim = scene.start("store::migrate=sleep(1000)");
    let deadline = Instant::now() + Duration::from_secs(20);
    // The file is made after the lock was taken.
    while !scene.store().exists() && !victim.has_ended() {
        assert!(Instant::now() < deadline, "nobody makes a store");
    }
    let refused = open(&scene);
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    let answer = victim.answer().expect("it is not disturbed");
    assert!(answer.result.is_ok(), "{answer:?}");
}

fn signal(victim: &Victim, name: &str) {
    let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", victim.id())).status();
    assert!(sent.expect("a shell").success(), "{name} was not sent");
}

/// Stops a victim between two transactions and lets its lease run out.
fn stop_and_expire(scene: &Scene, victim: &Victim) {
    let connection = tables(&scene.store()).expect("a store");
    connection.busy_timeout(Duration::from_millis(50)).expect("set");
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        signal(victim, "STOP");
        let expired = connection.execute("update lease set expires_at_ms = 0", []);
        if expired.is_ok() {
            return;
        }
        assert!(Instant::now() < deadline, "it is always inside a transaction: {expired:?}");
        signal(victim, "CONT");
    }
}

/// Has a stopped victim taken over and wakes it: gives what it said, and the items that it
/// decided after that.
fn wake_after_takeover(scene: &Scene, failpoints: &str) -> (Answer, usize) {
    let mut victim = scene.start(&format!("pipeline::parse=sleep(20);{failpoints}"));
    wait_until_decided(&scene.store(), 30, &mut victim);
    stop_and_expire(scene, &victim);
    let taken = open(scene).expect("its lease has run out");
    let before = Remains::read(&scene.store()).decided();
    signal(&victim, "CONT");
    let answer = victim.answer().expect("it ends by itself");
    let after = Remains::read(&scene.store()).decided();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(taken.close());
    (answer, after - before)
}

#[test]
fn a_stopped_process_is_taken_over_and_writes_nothing_when_it_wakes() {
    let scene = Scene::new(24, PAGES);
    let expected = scene.rebuilt();
    let (answer, written) = wake_after_takeover(&scene, "");
    let (code, _) = answer.result.expect_err("it must not go on");
    assert_eq!((code.as_str(), written), ("lease_lost", 0));
    let remains = Remains::read(&scene.store());
    let answer = scene.run("");
    let wrong = wrong_after_end(&scene, &answer, &remains, &BTreeSet::new(), expected);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_process_that_took_over_is_not_displaced_when_the_stopped_one_dies() {
    let scene = Scene::new(26, PAGES);
    let mut victim = scene.start("pipeline::parse=sleep(20)");
    wait_until_decided(&scene.store(), 30, &mut victim);
    stop_and_expire(&scene, &victim);
    let taken = open(&scene).expect("its lease has run out");
    assert!(victim.kill(), "it was stopped");
    // The lock is free now, and its owner's death says nothing of who writes since.
    let refused = open(&scene);
    assert!(matches!(refused, Err(StoreError::Locked { .. })), "{refused:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    let renewed = taken.writer().renew_lease(i64::try_from(now).expect("a time"));
    runtime.block_on(renewed).expect("it is still its own");
    runtime.block_on(taken.close());
    open(&scene).expect("the lock was taken with the renewal, and is free again");
}

#[test]
fn a_woken_process_that_does_not_look_at_the_epoch_is_found() {
    let scene = Scene::new(24, PAGES);
    let (_, written) = wake_after_takeover(&scene, "sabotage::no_epoch=return");
    assert!(written > 0, "it should have written on");
}
