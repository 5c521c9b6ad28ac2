//! Death at every named point: in a first sync, in a later one, and in going on after another.
//!
//! The points are read from the sources, so that a new one cannot be forgotten.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use driftless::fingerprint::Digest;

use crate::oracle::{Remains, wrong_after_death, wrong_after_end};
use crate::scene::Scene;

/// Pages besides the fixtures.
const PAGES: usize = 40;

/// Points that a store passes only while it is made.
pub(crate) const ONLY_WHILE_MADE: [&str; 1] = ["store::migrate"];

/// Points that only a job with something to delete passes.
pub(crate) const ONLY_WITH_DELETIONS: [&str; 1] = ["engine::delete"];

/// What the points begin with that only a sync with a directory passes, with GitHub, with a
/// table, and an import.
const OF_ONE_SOURCE: [&str; 4] = ["source::", "github::", "rows::", "legacy::"];

/// The points of a sync with a directory.
fn points() -> BTreeSet<String> {
    points_but_of(&["github::", "rows::", "legacy::"])
}

/// The points of a sync with a table.
pub(crate) fn points_of_rows() -> BTreeSet<String> {
    points_but_of(&["github::", "source::", "legacy::"])
}

/// The points that only a sync with GitHub passes.
pub(crate) fn points_of_github() -> BTreeSet<String> {
    let all = all_points();
    all.difference(&points_but_of(&["github::"])).cloned().collect()
}

/// The points that only an import of an old database passes.
pub(crate) fn points_of_imports() -> BTreeSet<String> {
    let all = all_points();
    all.difference(&points_but_of(&["legacy::"])).cloned().collect()
}

fn points_but_of(others: &[&str]) -> BTreeSet<String> {
    assert!(others.iter().all(|other| OF_ONE_SOURCE.contains(other)));
    let is_other = |point: &String| others.iter().any(|other| point.starts_with(other));
    all_points().into_iter().filter(|point| !is_other(point)).collect()
}

/// The names of all points at which a process can die: not those that break a rule, and not
/// those that only return an error.
fn all_points() -> BTreeSet<String> {
    let mut points = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(path).expect("a source");
            let named = text.split("failpoint!(\"").skip(1);
            let deadly = named.filter_map(|rest| rest.split_once("\")")).map(|(point, _)| point);
            points.extend(deadly.filter(|point| !point.contains('"')).map(str::to_owned));
        }
    }
    points.retain(|point| !point.starts_with("sabotage::"));
    assert!(points.len() > 15, "only {points:?} found");
    points
}

/// Lets a victim die at the point when it is passed for the `nth` time, from 0, and another
/// one go on. False if the first one did not get there.
fn die_and_go_on(scene: &Scene, point: &str, nth: u32, expected: Digest) -> bool {
    let mut victim = scene.start(&format!("{point}={nth}*off->return(die)"));
    if victim.wait().success() {
        return false;
    }
    let context = format!("{point}, passed {nth} times before");
    if scene.store().exists() {
        let wrong = wrong_after_death(&scene.store());
        assert!(wrong.is_empty(), "{context}: {wrong:#?}");
    }
    let remains = Remains::read(&scene.store());
    let answer = scene.run("");
    let wrong = wrong_after_end(scene, &answer, &remains, &BTreeSet::new(), expected);
    assert!(wrong.is_empty(), "{context}: {wrong:#?}");
    true
}

/// Dies everywhere, each time from the store that `prepare` brings; all points but `unseen`
/// must be passed.
fn die_everywhere(scene: &Scene, prepare: impl Fn(), unseen: &[&str]) {
    let expected = scene.rebuilt();
    for point in points() {
        prepare();
        let died = die_and_go_on(scene, &point, 0, expected);
        assert_eq!(died, !unseen.contains(&point.as_str()), "whether {point} is passed");
        prepare();
        if died {
            die_and_go_on(scene, &point, 7, expected);
        }
    }
}

#[test]
fn a_first_sync_goes_on_after_death_at_any_point() {
    let scene = Scene::new(1, PAGES);
    die_everywhere(&scene, || scene.forget(), &ONLY_WITH_DELETIONS);
}

#[test]
fn a_later_sync_goes_on_after_death_at_any_point() {
    let mut scene = Scene::new(2, PAGES);
    scene.run("");
    scene.keep();
    scene.change(30);
    scene.empty_last(2);
    scene.delete_first(9);
    die_everywhere(&scene, || scene.restore(), &ONLY_WHILE_MADE);
}

#[test]
fn a_sync_that_goes_on_after_death_goes_on_after_another() {
    let mut scene = Scene::new(3, PAGES);
    scene.run("");
    scene.change(30);
    scene.empty_last(2);
    scene.delete_first(9);
    let mut victim = scene.start("pipeline::stored=12*off->return(die)");
    assert!(!victim.wait().success(), "the victim should have died");
    scene.keep();
    die_everywhere(&scene, || scene.restore(), &ONLY_WHILE_MADE);
}
