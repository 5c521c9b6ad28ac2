//! The harness itself: with a rule of the engine broken on purpose, it must find something.

use std::collections::BTreeSet;

use driftless::fingerprint::Digest;
use driftless::store::Reader;

use crate::oracle::{Remains, wait_until_decided, wrong_after_death, wrong_after_end};
use crate::scene::Scene;
use crate::victim::Answer;

/// Pages besides the fixtures.
const PAGES: usize = 40;

fn reports(wrong: &[String], what: &str) {
    assert!(wrong.iter().any(|line| line.contains(what)), "not among what was found: {wrong:#?}");
}

#[test]
fn a_checkpoint_ahead_of_its_items_is_found() {
    let scene = Scene::new(11, PAGES);
    // One item is never parsed: a checkpoint must not pass it.
    let ahead = "sabotage::checkpoint_ahead=return;pipeline::parse=20*off->1*sleep(60000)";
    let mut victim = scene.start(ahead);
    wait_until_decided(&scene.store(), 60, &mut victim);
    assert!(victim.kill(), "it should not have ended");
    reports(&wrong_after_death(&scene.store()), "a checkpoint is not ahead of its items");
}

#[test]
fn a_gap_alone_is_no_checkpoint_ahead_of_its_items() {
    let scene = Scene::new(11, PAGES);
    let mut victim = scene.start("pipeline::parse=20*off->1*sleep(60000)");
    wait_until_decided(&scene.store(), 60, &mut victim);
    assert!(victim.kill(), "it should not have ended");
    assert_eq!(wrong_after_death(&scene.store()), Vec::<String>::new());
}

#[test]
fn an_item_and_its_statements_in_two_transactions_are_found() {
    let scene = Scene::new(12, PAGES);
    let expected = scene.rebuilt();
    let torn = "sabotage::two_transactions=return;\
                sabotage::between_transactions=20*off->return(die)";
    assert!(!scene.start(torn).wait().success(), "it should have died");
    reports(&wrong_after_death(&scene.store()), "a written item has its document");
    // The item counts as written, so its page is lost for good.
    let answer = scene.run("");
    let remains = Remains::read(&scene.store());
    let wrong = wrong_after_end(&scene, &answer, &remains, &BTreeSet::new(), expected);
    reports(&wrong, "not that of an undisturbed run");
}

#[test]
fn an_item_that_is_forgotten_with_its_worker_is_found() {
    let scene = Scene::new(13, PAGES);
    let expected = scene.rebuilt();
    let answer = scene.run("sabotage::no_drop=return;pipeline::worker=10*off->1*panic");
    let wrong = wrong_after_end(&scene, &answer, &<_>::default(), &BTreeSet::new(), expected);
    reports(&wrong, "the counters do not add up");
    reports(&wrong, "not that of an undisturbed run");
}

/// The folder of the fixtures that is closed after a first sync.
const CLOSED: &str = "source::folder=return(harbours/)";

/// A scene that was synced, its digest, and what a second sync says that cannot look into one
/// of the folders.
fn with_a_closed_folder(failpoints: &str) -> (Scene, Digest, Answer) {
    let scene = Scene::new(14, PAGES);
    scene.run("");
    let before = digest(&scene);
    let answer = scene.run(&format!("{CLOSED};{failpoints}"));
    (scene, before, answer)
}

fn digest(scene: &Scene) -> Digest {
    Reader::open(&scene.store()).and_then(|reader| reader.digest()).expect("a digest")
}

/// What is wrong after a sync that could not look into a folder.
fn wrong_after_gap((scene, before, answer): &(Scene, Digest, Answer)) -> Vec<String> {
    let report = answer.result.as_ref().expect("a report");
    let mut wrong = Vec::new();
    if report["gaps"].as_array().is_none_or(Vec::is_empty) {
        wrong.push("nobody was told of the folder".to_owned());
    }
    if report["counters"]["withheld"] == 0 {
        wrong.push(format!("no deletion was withheld: {}", report["counters"]));
    }
    if digest(scene) != *before {
        wrong.push("pages that nobody deleted are gone".to_owned());
    }
    wrong
}

#[test]
fn a_folder_that_cannot_be_listed_costs_no_page() {
    assert_eq!(wrong_after_gap(&with_a_closed_folder("")), Vec::<String>::new());
}

#[test]
fn a_partial_listing_that_passes_for_a_whole_one_is_found_though_the_last_look_saves_the_pages() {
    let after = with_a_closed_folder("sabotage::partial_listing=return");
    let wrong = wrong_after_gap(&after);
    reports(&wrong, "nobody was told of the folder");
    assert_eq!(digest(&after.0), after.1, "each page is looked up before it is deleted");
}

#[test]
fn deletions_on_a_partial_listing_are_found() {
    let blind = "sabotage::partial_listing=return;sabotage::blind_deletion=return";
    reports(&wrong_after_gap(&with_a_closed_folder(blind)), "pages that nobody deleted are gone");
}
