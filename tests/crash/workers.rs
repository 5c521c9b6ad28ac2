//! Workers that die inside a process that lives on.

use std::collections::BTreeSet;
use std::fs;

use driftless::store::{DeadLetterFilter, Reader};

use crate::oracle::wrong_after_end;
use crate::scene::Scene;
use crate::victim::{Order, Victim};

/// Pages besides the fixtures.
const PAGES: usize = 40;

#[test]
fn what_a_dead_worker_held_is_done_again() {
    let scene = Scene::new(31, PAGES);
    let expected = scene.rebuilt();
    for point in ["pipeline::worker", "pipeline::parsed", "pipeline::stored"] {
        scene.forget();
        let answer = scene.run(&format!("{point}=10*off->3*panic->15*off->3*panic"));
        let wrong = wrong_after_end(&scene, &answer, &<_>::default(), &BTreeSet::new(), expected);
        assert!(wrong.is_empty(), "{point}: {wrong:#?}");
        let state = &answer.result.as_ref().expect("a report")["state"];
        assert_eq!(state, "completed", "{point}");
    }
}

#[test]
fn an_item_that_kills_every_worker_becomes_a_dead_letter_and_the_others_are_saved() {
    let scene = Scene::new(32, PAGES);
    let deadly = "Dam.md";
    // One worker, so that no other item is in its hands when it dies.
    let order = Order { workers: 1, deadly: Some(deadly.to_owned()), ..scene.order() };
    let answer = Victim::start(&order, "").answer().expect("the process lives");
    let report = answer.result.expect("a report");
    assert_eq!(report["state"], "completed_with_errors");
    assert_eq!(report["counters"]["rejected"], 1);
    let reader = Reader::open(&scene.store()).expect("a store");
    let letters = reader.dead_letters(&DeadLetterFilter::default(), false, 9).expect("letters");
    let letters: Vec<_> = letters.iter().map(|it| (it.key.as_str(), it.code.as_str())).collect();
    assert_eq!(letters, [(deadly, "worker_died")]);
    fs::remove_file(scene.root().join(deadly)).expect("removed");
    assert_eq!(reader.digest().expect("a digest"), scene.rebuilt(), "all others are there");
}
