//! A directory of pages with a store beside it, as a test sets them up.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, EngineError, JobHandle, Report};
use driftless::fingerprint::Digest;
use driftless::parse::Parser;
use driftless::parse::file::FileParser;
use driftless::source::Source;
use driftless::source::directory::{Directory, DirectorySettings};
use driftless::store::Reader;
use rusqlite::Connection;
use tempfile::TempDir;

/// See the module. Gone when dropped.
pub(crate) struct Repository {
    folder: TempDir,
}

/// How a run is made; the defaults are those of the engine.
#[derive(Clone, Default)]
pub(crate) struct Manner {
    pub(crate) config: Config,
    pub(crate) options: SyncOptions,
    /// That for files, if none is given.
    pub(crate) parser: Option<Arc<dyn Parser>>,
}

impl Repository {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("pages")).expect("a folder");
        Self { folder }
    }

    /// Pages `P000.md` and so on, each a subclass of the one before.
    pub(crate) fn of(pages: usize) -> Self {
        let repository = Self::empty();
        for n in 0..pages {
            let parent = format!("P{:03}", n.saturating_sub(1));
            repository.write(&format!("P{n:03}.md"), class(&format!("P{n:03}"), &[&parent]));
        }
        repository
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("pages")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn write(&self, key: &str, content: impl AsRef<[u8]>) {
        let path = self.root().join(key);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a page");
    }

    pub(crate) fn remove(&self, key: &str) {
        fs::remove_file(self.root().join(key)).expect("removed");
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.root().join(from), self.root().join(to)).expect("renamed");
    }

    pub(crate) fn directory(&self) -> Arc<Directory> {
        directory(DirectorySettings::new(self.root()))
    }

    pub(crate) async fn open(&self, manner: &Manner) -> Engine {
        let files = || Arc::new(FileParser::new(manner.config.pages.clone()));
        let parser = manner.parser.clone().unwrap_or_else(|| files());
        Engine::open_with_parser(self.store(), manner.config.clone(), parser)
            .await
            .expect("a store")
    }

    /// Syncs, and closes the store again.
    pub(crate) async fn sync(&self) -> Report {
        self.try_sync(&Manner::default()).await.expect("a report")
    }

    pub(crate) async fn try_sync(&self, manner: &Manner) -> Result<Report, EngineError> {
        let engine = self.open(manner).await;
        sync_and_close(engine, self.directory(), &manner.options).await
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.store()).expect("a store")
    }

    pub(crate) fn digest(&self) -> Digest {
        self.reader().digest().expect("a digest")
    }

    /// The digest of a new store made of the pages as they are now.
    pub(crate) async fn rebuilt(&self, config: &Config) -> Digest {
        digest_of(self.directory(), config).await
    }

    /// The store as any other program sees it.
    pub(crate) fn tables(&self) -> Connection {
        Connection::open(self.store()).expect("the store")
    }

    /// The outcome of one item, with the reason where it was left out.
    pub(crate) fn outcome(&self, key: &str) -> String {
        let query = "select coalesce(skip_reason, outcome) from item where key = ?1";
        self.tables().query_row(query, [key], |row| row.get(0)).expect("an item")
    }
}

pub(crate) fn directory(settings: DirectorySettings) -> Arc<Directory> {
    Arc::new(Directory::new(settings).expect("a directory"))
}

/// Syncs `source` to its end, looks at what it leaves, and closes the store.
pub(crate) async fn sync_and_close(
    engine: Engine,
    source: Arc<dyn Source>,
    options: &SyncOptions,
) -> Result<Report, EngineError> {
    let job = start(&engine, source, options).await;
    let result = job.finished().await;
    let wrong = engine.violations().await.expect("checked");
    assert!(wrong.is_empty(), "{wrong:#?}");
    engine.close().await;
    if let Ok(report) = &result {
        add_up(report);
    }
    result
}

/// The digest of a new store made of `source` as it is now.
pub(crate) async fn digest_of(source: Arc<dyn Source>, config: &Config) -> Digest {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rebuilt.db");
    let engine = Engine::open(&path, config.clone()).await.expect("a store");
    let job = start(&engine, source, &SyncOptions::default()).await;
    job.finished().await.expect("a report");
    let digest = Reader::open(&path).and_then(|reader| reader.digest()).expect("a digest");
    engine.close().await;
    digest
}

pub(crate) async fn start(
    engine: &Engine,
    source: Arc<dyn Source>,
    options: &SyncOptions,
) -> JobHandle {
    engine.sync(source, options.clone()).await.expect("a job")
}

/// What every report must say, however its job ended.
pub(crate) fn add_up(report: &Report) {
    let counters = &report.counters;
    assert_eq!(counters.in_flight, 0, "{counters:?}");
    if report.state.as_str().starts_with("completed") {
        assert_eq!(counters.pending(), 0, "{counters:?}");
        let decided = counters.deleted + counters.withheld + counters.found_again;
        assert_eq!(counters.candidates, decided, "{counters:?}");
    }
}

/// A page that claims the class of its name.
pub(crate) fn class(name: &str, parents: &[&str]) -> String {
    let parents: Vec<_> = parents.iter().map(|parent| format!("[[{parent}]]")).collect();
    format!(
        "- ### OntologyBlock\n\t- owl:class:: mv:{}\n\t- preferred-term:: {name}\n\
         \t- is-subclass-of:: {}\n",
        name.replace(' ', ""),
        parents.join(", ")
    )
}
