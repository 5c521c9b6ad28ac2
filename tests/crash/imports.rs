//! Death while an old database is brought in, brought again, or taken back: all of it is in the
//! store or nothing, and the old database is as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use driftless::config::Config;
use driftless::engine::{Engine, LegacyOptions};
use driftless::fingerprint::Digest;
use driftless::legacy::Shape;
use driftless::store::Reader;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::kills::seed;
use crate::old_database;
use crate::oracle::violations;
use crate::points::points_of_imports;
use crate::scene::{Dice, copy_store, remove_store};
use crate::victim::{Order, Victim};

/// Kills at moments that nobody chose.
const KILLS: usize = 20;

/// Classes of the old database; with what goes with them some thousand rows.
const CLASSES: u32 = 700;

/// An old database, a store that has something else already, and a victim that imports.
struct Move {
    folder: TempDir,
    seed: u64,
    dice: Dice,
}

impl Move {
    /// The old database has its last rows in a log that nobody has copied.
    fn of(shape: Shape, seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (made, left) = (folder.path().join("made.db"), folder.path().join("old.db"));
        old_database::filled(&made, shape, CLASSES);
        let open = Connection::open(&made).expect("the old database");
        open.execute_batch(
            "pragma journal_mode = wal; pragma wal_autocheckpoint = 0;
            update owl_classes set label = 'Logged' where label = 'Class 7'",
        )
        .expect("a log");
        for suffix in ["", "-wal"] {
            let of = |path: &PathBuf| PathBuf::from(format!("{}{suffix}", path.display()));
            fs::copy(of(&made), of(&left)).expect("copied");
        }
        drop(open);
        fs::create_dir(folder.path().join("pages")).expect("a folder");
        let page = "public:: true\n- ### OntologyBlock\n\t- owl:class:: mv:Dam\n";
        fs::write(folder.path().join("pages/Dam.md"), page).expect("a page");
        crate::scene::undisturbed(&folder.path().join("kept.db"), &folder.path().join("pages"));
        let scene = Self { folder, seed, dice: Dice(seed) };
        scene.restore();
        scene
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn kept(&self) -> PathBuf {
        self.folder.path().join("kept.db")
    }

    /// Brings the store back that is to be imported into.
    fn restore(&self) {
        copy_store(&self.kept(), &self.store());
    }

    /// From now on that is the store as it is now.
    fn keep(&self) {
        copy_store(&self.store(), &self.kept());
    }

    fn digest(&self) -> Digest {
        Reader::open(&self.store()).and_then(|reader| reader.digest()).expect("a digest")
    }

    /// The bytes and the times of the old database and its log.
    fn old(&self) -> BTreeMap<&'static str, (Vec<u8>, std::time::SystemTime)> {
        let read = |name| {
            let path = self.folder.path().join(name);
            let time = fs::metadata(&path).and_then(|it| it.modified()).expect("a time");
            (name, (fs::read(path).expect("bytes"), time))
        };
        ["old.db", "old.db-wal"].map(read).into()
    }

    fn order(&self, undo: bool) -> Order {
        let folder = self.folder.path();
        Order { workers: 1, import: Some(undo), ..Order::new(folder, folder.join("old.db")) }
    }

    /// Imports or takes back, with nothing going wrong.
    fn undisturbed(&self, undo: bool) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let engine = Engine::open(self.store(), Config::default()).await.expect("a store");
            let options = LegacyOptions { undo, ..LegacyOptions::default() };
            let old = self.folder.path().join("old.db");
            engine.import_legacy(old, options).await.expect("a report");
            engine.close().await;
        });
    }

    /// Looks at what a dead victim has left: it is `before` or `after`, whole.
    fn judge(&self, before: Digest, after: Digest, context: &str) {
        let found = self.digest();
        assert!(found == before || found == after, "{context}: half of it is there");
        assert_eq!(violations(&self.store()), Vec::<String>::new(), "{context}");
    }

    /// Kills victims, then lets one end: from `before` to `after`.
    fn kill(mut self, undo: bool) {
        let (before, old) = (self.digest(), self.old());
        let begun = Instant::now();
        assert!(Victim::start(&self.order(undo), "").answer().is_some_and(|it| it.result.is_ok()));
        let usual = begun.elapsed();
        let after = self.digest();
        assert_ne!(before, after);
        let (mut killed, mut halfway) = (0, 0);
        while killed < KILLS {
            self.restore();
            let victim = Victim::start(&self.order(undo), "");
            let wait = self.dice.below(usual.as_micros().try_into().expect("a short time"));
            thread::sleep(Duration::from_micros(wait as u64));
            if !victim.kill() {
                continue;
            }
            killed += 1;
            let seed = self.seed;
            let context = format!("seeded with {seed}, after {wait} of {usual:?}, kill {killed}");
            halfway += usize::from(self.folder.path().join("store.db.legacy-copy").exists());
            self.judge(before, after, &context);
            assert_eq!(self.old(), old, "{context}");
            // The next one needs no repair.
            let undone = undo && self.digest() == after;
            if killed % 4 == 0 && !undone {
                self.undisturbed(undo);
                assert_eq!(self.digest(), after, "{context}");
                assert_eq!(self.old(), old, "{context}");
            }
        }
        assert!(undo || halfway > 0, "no victim was killed at work");
    }
}

#[test]
fn an_import_that_is_killed_at_any_moment_is_there_in_whole_or_not_at_all() {
    let seed = seed();
    for (shape, seed) in Shape::ALL.into_iter().zip(seed..) {
        Move::of(shape, seed).kill(false);
    }
}

#[test]
fn an_import_that_is_killed_while_it_is_taken_back_is_there_in_whole_or_not_at_all() {
    let seed = !seed();
    let scene = Move::of(Shape::SourceFiles, seed);
    scene.undisturbed(false);
    scene.keep();
    scene.kill(true);
}

#[test]
fn an_import_that_dies_at_any_point_leaves_nothing_of_it() {
    let scene = Move::of(Shape::Graph, 1);
    let (before, old) = (scene.digest(), scene.old());
    scene.undisturbed(false);
    let after = scene.digest();
    let passed = ["store::begin", "store::commit", "store::committed"];
    let points = points_of_imports();
    assert!(points.len() > 3, "{points:?}");
    for point in points.iter().map(String::as_str).chain(passed) {
        for nth in [0, 300] {
            scene.restore();
            let mut victim =
                Victim::start(&scene.order(false), &format!("{point}={nth}*off->return(die)"));
            let died = !victim.wait().success();
            assert!(died || nth > 0, "{point} is not passed: {}", victim.log());
            let context = format!("{point}, passed {nth} times before");
            scene.judge(before, after, &context);
            assert_eq!(scene.old(), old, "{context}");
            if died {
                scene.undisturbed(false);
                assert_eq!(scene.digest(), after, "{context}");
            }
        }
    }
    remove_store(&scene.store());
}

#[test]
fn an_import_in_more_than_one_transaction_would_be_noticed() {
    let scene = Move::of(Shape::SourceFiles, 3);
    let before = scene.digest();
    scene.undisturbed(false);
    let after = scene.digest();
    scene.restore();
    let broken = "sabotage::two_transactions=return;legacy::item=300*off->return(die)";
    let mut victim = Victim::start(&scene.order(false), broken);
    assert!(!victim.wait().success(), "the victim should have died");
    let found = scene.digest();
    assert!(found != before && found != after, "half an import looks like a whole one");
}

#[test]
fn an_import_for_which_the_disk_has_no_room_leaves_nothing_of_it() {
    let scene = Move::of(Shape::Ontologies, 2);
    let (before, old) = (scene.digest(), scene.old());
    let answer = Victim::start(&scene.order(false), "store::max_pages=return(400)").answer();
    let (code, _) = answer.expect("an answer").result.expect_err("no room");
    assert_eq!((code.as_str(), scene.digest()), ("disk_full", before));
    assert_eq!(scene.old(), old);
    assert_eq!(violations(&scene.store()), Vec::<String>::new());
    let folder = scene.folder.path().join("store.db.legacy-copy");
    assert!(!folder.exists(), "the copy is still there");
}
