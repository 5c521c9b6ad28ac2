//! Surroundings that fail a living process: a full disk, a store that somebody holds, files
//! that will not stand still. When they are well again, the next run finishes the work.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::oracle::{Remains, tables, wrong_after_death, wrong_after_end};
use crate::scene::Scene;
use crate::victim::{Answer, Order, Victim};

/// Pages besides the fixtures.
const PAGES: usize = 40;

/// Lets a victim run to its end. Ten failures in a row stop a job: with so many workers that
/// takes no longer than one does.
fn run(scene: &Scene, failpoints: &str) -> Answer {
    Victim::start(&hasty(scene), failpoints).answer().expect("it lives")
}

fn hasty(scene: &Scene) -> Order {
    Order { workers: 10, ..scene.order() }
}

/// The word by which a job ended that could not go on, whether it came to rest or not.
fn ended_by(answer: &Answer) -> String {
    match &answer.result {
        Err((code, _)) => code.clone(),
        Ok(report) => format!("{}: {}", report["state"], report["attention"][0]["message"]),
    }
}

/// Nothing is broken, and a run in good surroundings goes on with the job to its end.
fn finishes_when_all_is_well(scene: &Scene) {
    let wrong = wrong_after_death(&scene.store());
    assert!(wrong.is_empty(), "{wrong:#?}");
    let remains = Remains::read(&scene.store());
    assert!(remains.is_unfinished(), "there was nothing left to do");
    let answer = scene.run("");
    let expected = scene.rebuilt();
    let wrong = wrong_after_end(scene, &answer, &remains, &BTreeSet::new(), expected);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Half of the pages that the store will need.
fn half_of_its_pages(scene: &Scene) -> u32 {
    scene.run("");
    let connection = tables(&scene.store()).expect("a store");
    let pages: u32 =
        connection.pragma_query_value(None, "page_count", |row| row.get(0)).expect("a count");
    drop(connection);
    scene.forget();
    pages / 2
}

#[test]
fn a_full_disk_stops_a_job_by_that_name_and_it_goes_on_when_there_is_room() {
    let scene = Scene::new(41, PAGES);
    let pages = half_of_its_pages(&scene);
    let answer = run(&scene, &format!("store::max_pages=return({pages})"));
    assert!(ended_by(&answer).contains("disk_full"), "{answer:?}");
    assert!(Remains::read(&scene.store()).decided() > 10, "the disk was full at once");
    finishes_when_all_is_well(&scene);
}

/// No file may grow beyond a limit, as if the disk had failed: the write itself fails, not
/// SQLite's own count.
#[cfg(unix)]
#[test]
fn writes_that_fail_stop_a_job_by_that_name_and_it_goes_on_when_they_work() {
    let scene = Scene::new(42, PAGES);
    // In blocks of 512 bytes. The log alone grows beyond it before it is first copied back.
    let script = "trap '' XFSZ; ulimit -f 3072; exec \"$0\" \"$@\"";
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(script).arg(std::env::current_exe().expect("this binary"));
    shell.args(["victim::victim", "--exact", "--ignored", "--nocapture"]);
    let answer = Victim::start_as(shell, &hasty(&scene), "").answer().expect("it lives");
    assert!(ended_by(&answer).contains("disk_failed"), "{answer:?}");
    assert!(Remains::read(&scene.store()).decided() > 10, "the disk failed at once");
    finishes_when_all_is_well(&scene);
}

#[test]
fn a_store_that_is_busy_for_a_while_is_waited_for() {
    let scene = Scene::new(43, PAGES);
    let expected = scene.rebuilt();
    for busy in ["pipeline::busy=20*off->6*return", "store::busy=1*off->2*return"] {
        scene.forget();
        let answer = scene.run(busy);
        let none = BTreeSet::new();
        let wrong = wrong_after_end(&scene, &answer, &<_>::default(), &none, expected);
        assert!(wrong.is_empty(), "{busy}: {wrong:#?}");
    }
}

#[test]
fn a_job_whose_items_find_the_store_always_busy_pauses_by_that_name() {
    let scene = Scene::new(44, PAGES);
    let answer = run(&scene, "pipeline::busy=20*off->return");
    let ended = ended_by(&answer);
    assert!(ended.contains("paused") && ended.contains("store_busy"), "{answer:?}");
    finishes_when_all_is_well(&scene);
}

#[test]
fn a_store_that_is_busy_for_ever_stops_a_job_by_that_name() {
    let scene = Scene::new(45, PAGES);
    let answer = run(&scene, "store::busy=30*off->return");
    assert_eq!(ended_by(&answer), "store_busy");
    finishes_when_all_is_well(&scene);
}

#[test]
fn a_file_that_changes_whenever_it_is_read_is_left_for_later_by_that_name() {
    let scene = Scene::new(46, 1);
    let restless = scene.root().join("Dam.md");
    let is_over = AtomicBool::new(false);
    let answer = thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = OpenOptions::new().append(true).open(&restless).expect("a page");
            while !is_over.load(Ordering::SeqCst) {
                writeln!(file, "- and more").expect("written");
                thread::sleep(Duration::from_millis(1));
            }
        });
        // Each reading takes as long as twenty changes.
        let answer = scene.run("source::read=sleep(20)");
        is_over.store(true, Ordering::SeqCst);
        answer
    });
    let report = answer.result.expect("a report");
    assert_eq!(report["state"], "completed_with_errors");
    assert_eq!(report["attention"][0]["code"], "unstable_items", "{report}");
    let unstable =
        report["skips"].as_array().expect("skips").contains(&serde_json::json!(["unstable", 1]));
    assert!(unstable, "{}", report["skips"]);
    let answer = scene.run("");
    let expected = scene.rebuilt();
    let wrong = wrong_after_end(&scene, &answer, &<_>::default(), &BTreeSet::new(), expected);
    assert!(wrong.is_empty(), "{wrong:#?}");
}
