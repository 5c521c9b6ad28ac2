//! Old databases of VisionFlow, brought into a store, brought again, and taken back.

mod again;
#[cfg(feature = "cli")]
mod commands;
mod dangling;
mod refused;
mod shapes;
mod untouched;

use std::fs;
use std::path::{Path, PathBuf};

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, EngineError, LegacyOptions, LegacyReport};
use driftless::fingerprint::Digest;
use driftless::legacy::{Shape, TableAccount};
use driftless::store::Reader;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::old_database;

/// An old database and a store, for one test.
struct Desk {
    folder: TempDir,
    shape: Shape,
}

const DRY_RUN: LegacyOptions = LegacyOptions { dry_run: true, undo: false };
const UNDO: LegacyOptions = LegacyOptions { dry_run: false, undo: true };

impl Desk {
    /// With an old database that holds these rows.
    fn with(shape: Shape, rows: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder"), shape };
        old_database::empty(&desk.old(), shape).execute_batch(rows).expect("rows");
        desk
    }

    /// With an old database of so many classes.
    fn filled(shape: Shape, classes: u32) -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder"), shape };
        old_database::filled(&desk.old(), shape, classes);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn old(&self) -> PathBuf {
        self.path("old.db")
    }

    fn store(&self) -> PathBuf {
        self.path("store.db")
    }

    /// Changes the old database.
    fn change(&self, sql: &str) {
        let old = Connection::open(self.old()).expect("the old database");
        old.execute_batch("pragma foreign_keys = off").expect("off");
        old.execute_batch(sql).expect("a change");
    }

    fn attempt(&self, options: LegacyOptions) -> Result<LegacyReport, EngineError> {
        runtime().block_on(async {
            let engine = Engine::open(self.store(), Config::default()).await?;
            let report = engine.import_legacy(self.old(), options).await;
            assert_eq!(engine.violations().await?, Vec::<String>::new());
            engine.close().await;
            report
        })
    }

    /// Imports, and looks at what is always true.
    fn import(&self) -> LegacyReport {
        let report = self.attempt(LegacyOptions::default()).expect("a report");
        assert_eq!(report.shape, Some(self.shape));
        assert!(report.tables.iter().all(TableAccount::adds_up), "{:#?}", report.tables);
        for account in &report.tables {
            let old = Connection::open(self.old()).expect("the old database");
            let count = format!("select count(*) from \"{}\"", account.table);
            let rows: u32 = old.query_row(&count, [], |row| row.get(0)).expect("a count");
            assert_eq!(account.rows, u64::from(rows), "{}", account.table);
        }
        report
    }

    /// What a question to the store is answered, columns apart by `|`.
    fn ask(&self, sql: &str) -> Vec<String> {
        ask(&self.store(), sql)
    }

    fn digest(&self) -> Digest {
        Reader::open(&self.store()).and_then(|reader| reader.digest()).expect("a digest")
    }

    /// Syncs a folder of pages into the store.
    fn sync(&self, pages: &[(&str, &str)]) {
        let root = self.path("pages");
        fs::create_dir_all(&root).expect("a folder");
        for (name, content) in pages {
            fs::write(root.join(name), content).expect("a page");
        }
        runtime().block_on(async {
            let engine = Engine::open(self.store(), Config::default()).await.expect("a store");
            let source = driftless::source::directory::DirectorySettings::new(&root);
            let source = driftless::source::directory::Directory::new(source).expect("a directory");
            let job = engine.sync(std::sync::Arc::new(source), SyncOptions::default());
            job.await.expect("a job").finished().await.expect("a report");
            engine.close().await;
        });
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().expect("a runtime")
}

fn ask(database: &Path, sql: &str) -> Vec<String> {
    let connection = Connection::open(database).expect("a database");
    let mut statement = connection.prepare(sql).expect("a question");
    let columns = statement.column_count();
    let line = |row: &rusqlite::Row<'_>| {
        let value = |at| {
            Ok::<_, rusqlite::Error>(match row.get_ref(at)? {
                rusqlite::types::ValueRef::Null => "null".to_owned(),
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                rusqlite::types::ValueRef::Real(number) => number.to_string(),
                value => String::from_utf8_lossy(value.as_bytes()?).into_owned(),
            })
        };
        Ok((0..columns).map(value).collect::<Result<Vec<_>, _>>()?.join("|"))
    };
    statement.query_map([], line).expect("rows").collect::<Result<_, _>>().expect("rows")
}

/// The account of a table.
fn account<'a>(report: &'a LegacyReport, table: &str) -> &'a TableAccount {
    report.tables.iter().find(|it| it.table == table).expect("an account")
}

/// An account as (rows, taken over, stubs, duplicates, not representable).
fn numbers(report: &LegacyReport, table: &str) -> [u64; 5] {
    let it = account(report, table);
    [it.rows, it.taken_over, it.stubs, it.duplicates, it.unrepresentable]
}
