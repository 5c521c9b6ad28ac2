//! The scene: a repository of pages, a store, and what happens to them between two runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, Report};
use driftless::fingerprint::Digest;
use driftless::item::{ItemKey, SourceItem};
use driftless::parse::page::{PageParser, PageSettings};
use driftless::parse::{Parsed, Parser};
use driftless::store::Reader;
use tempfile::TempDir;

use crate::pages::Corpus;
use crate::victim::{Answer, Order, Victim, directory};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ontology-pages");

/// Made pages that state their class in JSON-LD.
const JSON_LD_PER_MILLE: usize = 400;

/// Deletions that need nobody's approval, however few pages there are.
const DELETIONS: usize = 10;

/// See the module.
pub(crate) struct Scene {
    folder: TempDir,
    pub(crate) dice: Dice,
    /// Pages that are not there yet, and the next of them.
    later: Corpus,
    next_page: usize,
    /// Files deleted or emptied since the last job ended.
    deleted: usize,
}

/// Numbers from a seed: SplitMix64.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

impl Scene {
    /// The fixtures and so many made pages, and no store yet.
    pub(crate) fn new(seed: u64, pages: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let later = Corpus { json_ld_per_mille: JSON_LD_PER_MILLE, ..Corpus::new(!seed, 2_000) };
        let scene = Self { folder, dice: Dice(seed), later, next_page: 0, deleted: 0 };
        copy(Path::new(FIXTURES), &scene.root());
        let corpus = Corpus { json_ld_per_mille: JSON_LD_PER_MILLE, ..Corpus::new(seed, pages) };
        corpus.write(&scene.root()).expect("pages");
        scene
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("pages")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn order(&self) -> Order {
        Order::new(self.folder.path(), self.root())
    }

    /// Starts a victim on this scene.
    pub(crate) fn start(&self, failpoints: &str) -> Victim {
        Victim::start(&self.order(), failpoints)
    }

    /// Lets a victim run to the end of its job.
    pub(crate) fn run(&self, failpoints: &str) -> Answer {
        self.start(failpoints).answer().expect("nothing kills it")
    }

    /// The keys of all files that count, found without the engine's own walk.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        let (root, mut keys) = (self.root(), BTreeSet::new());
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                if path.is_dir() && !name.starts_with('.') && name != "bak" {
                    folders.push(path);
                } else if path.is_file() && name.ends_with(".md") && !name.starts_with('.') {
                    let below = path.strip_prefix(&root).expect("below the root");
                    keys.insert(below.to_str().expect("text").to_owned());
                }
            }
        }
        keys
    }

    /// Changes up to `changes` files in every way a file can change; gives the keys touched.
    pub(crate) fn change(&mut self, changes: usize) -> BTreeSet<String> {
        let mut touched = BTreeSet::new();
        let mut keys: Vec<_> = self.keys().into_iter().collect();
        for _ in 0..changes.min(keys.len() / 2) {
            // Each file changes at most once.
            let key = keys.swap_remove(self.dice.below(keys.len()));
            let path = self.root().join(&key);
            match self.dice.below(10) {
                0 if self.deleted < DELETIONS => {
                    self.deleted += 1;
                    fs::remove_file(path).expect("deleted");
                }
                1 | 2 => {
                    let to = format!("moved {} {}", self.dice.below(1 << 30), touched.len());
                    let to = self.root().join("notes").join(to).with_extension("md");
                    fs::rename(path, to).expect("renamed");
                }
                // The new page may bear the name of one that is there.
                3 => {
                    touched.insert(self.add());
                }
                4..=6 => {
                    let text = fs::read(&path).expect("a page");
                    let link = b"\n- Changed, see [[Dam]] and [[Nowhere Yet]].\n";
                    fs::write(path, [&text, &link[..]].concat()).expect("edited");
                }
                _ => {
                    let text = self.next().1;
                    let states = states_something(&key, &text);
                    if states || self.deleted < DELETIONS {
                        self.deleted += usize::from(!states);
                        fs::write(path, text).expect("replaced");
                    }
                }
            }
            touched.insert(key);
        }
        touched
    }

    /// Says that a job has ended: the next one may delete as much again.
    pub(crate) fn job_ended(&mut self) {
        self.deleted = 0;
    }

    /// Deletes pages until so many are gone or empty since the last job ended.
    pub(crate) fn delete_first(&mut self, pages: usize) {
        for key in self.keys().into_iter().take(pages.saturating_sub(self.deleted)) {
            fs::remove_file(self.root().join(key)).expect("deleted");
        }
        self.deleted = self.deleted.max(pages);
    }

    /// Empties so many of the last pages: they stay, and state nothing.
    pub(crate) fn empty_last(&mut self, pages: usize) {
        for key in self.keys().into_iter().rev().take(pages) {
            fs::write(self.root().join(key), "- moved elsewhere\n").expect("emptied");
        }
        self.deleted += pages;
    }

    fn add(&mut self) -> String {
        let (key, content) = self.next();
        fs::write(self.root().join(&key), content).expect("a page");
        key
    }

    fn next(&mut self) -> (String, Vec<u8>) {
        self.next_page += 1;
        self.later.page(self.next_page - 1)
    }

    /// The digest of a store that an undisturbed run makes of the pages as they are now.
    pub(crate) fn rebuilt(&self) -> Digest {
        let store = self.folder.path().join("rebuilt.db");
        remove_store(&store);
        undisturbed(&store, &self.root());
        Reader::open(&store).and_then(|reader| reader.digest()).expect("a digest")
    }

    /// Forgets the store, so that the next run is a first one.
    pub(crate) fn forget(&self) {
        remove_store(&self.store());
    }

    /// Keeps the store as it is now, to come back to it.
    pub(crate) fn keep(&self) {
        copy_store(&self.store(), &self.folder.path().join("kept.db"));
    }

    /// Brings the store back that was kept.
    pub(crate) fn restore(&self) {
        copy_store(&self.folder.path().join("kept.db"), &self.store());
    }
}

/// Whether a page states something.
fn states_something(key: &str, text: &[u8]) -> bool {
    let (content, content_digest) = (text.to_vec(), Digest::of(text));
    let item = SourceItem { key: ItemKey::new(key), content, content_digest, git_sha1: None };
    let parsed = PageParser::new(PageSettings::default()).parse(&item);
    !matches!(parsed, Parsed::Skipped { .. })
}

/// Removes a store with all that lies beside it.
pub(crate) fn remove_store(store: &Path) {
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let _ = fs::remove_file(with_suffix(store, suffix));
    }
}

/// Copies a store that nobody has open.
pub(crate) fn copy_store(from: &Path, to: &Path) {
    remove_store(to);
    for suffix in ["", "-wal"] {
        // There is no log where the last connection was closed in peace.
        let _ = fs::copy(with_suffix(from, suffix), with_suffix(to, suffix));
    }
}

/// Syncs in this process, with nothing going wrong.
pub(crate) fn undisturbed(store: &Path, root: &Path) -> Report {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let engine = Engine::open(store, Config::default()).await.expect("a store");
        let source = directory(root).expect("a directory");
        let job = engine.sync(source, SyncOptions::default()).await.expect("a job");
        let report = job.finished().await.expect("a report");
        engine.close().await;
        report
    })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
