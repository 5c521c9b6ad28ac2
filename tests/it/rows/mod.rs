//! Rows of a table as a source, from the first sync to the search.

mod found;
mod inherited;
mod keys;
mod meanwhile;
mod order;
mod parts;
mod seen;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, Feed, Report};
use driftless::entity::{ContentColumn, Entity, MetadataColumn, MetadataKind, Relation};
use driftless::fingerprint::Digest;
use driftless::source::rows::Rows;
use driftless::source::sqlite::{Sqlite, SqliteSettings};
use driftless::store::{Hit, Reader, SearchQuery};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::repository::add_up;

/// An application's database with a store beside it. Gone when dropped.
pub(crate) struct Shop {
    folder: TempDir,
}

impl Shop {
    /// A table `product` of `rows` rows.
    pub(crate) fn of(rows: usize) -> Self {
        let shop = Self { folder: tempfile::tempdir().expect("a folder") };
        let database = shop.database();
        database
            .execute_batch(
                "pragma journal_mode = wal;
                create table product (id integer primary key, name text, description text,
                    price real, category text, updated_at text);",
            )
            .expect("a table");
        shop.insert(1..=rows as i64);
        shop
    }

    pub(crate) fn insert(&self, ids: impl IntoIterator<Item = i64>) {
        let mut database = self.database();
        let transaction = database.transaction().expect("a transaction");
        for id in ids {
            transaction
                .execute(
                    "insert into product values (?1, ?2, ?3, ?4, ?5, ?6)",
                    (
                        id,
                        format!("rope{id}"),
                        format!("hemp of coil{id} for boats"),
                        id as f64,
                        if id % 2 == 0 { "even" } else { "odd" },
                        format!("2024-01-01T00:{:02}:00", id % 60),
                    ),
                )
                .expect("a row");
        }
        transaction.commit().expect("committed");
    }

    pub(crate) fn database(&self) -> Connection {
        let database = Connection::open(self.path()).expect("the database");
        database.busy_timeout(std::time::Duration::from_secs(5)).expect("a timeout");
        database
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn rows(&self) -> Rows {
        rows(&self.path(), product())
    }

    pub(crate) async fn sync(&self) -> Report {
        self.sync_with(self.rows(), SyncOptions::default()).await
    }

    /// Syncs, looks at what that leaves, and closes the store again.
    pub(crate) async fn sync_with(&self, feed: impl Into<Feed>, options: SyncOptions) -> Report {
        let engine = self.engine().await;
        let job = engine.sync(feed, options).await.expect("a job");
        let report = job.finished().await.expect("a report");
        let violations = engine.violations().await.expect("an answer");
        engine.close().await;
        assert_eq!(violations, Vec::<String>::new());
        add_up(&report);
        report
    }

    pub(crate) async fn engine(&self) -> Engine {
        Engine::open(self.store(), Config::default()).await.expect("a store")
    }

    /// What the application does meanwhile.
    pub(crate) fn run(&self, sql: &str) {
        self.database().execute_batch(sql).expect("changes");
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.store()).expect("a store")
    }

    pub(crate) fn digest(&self) -> Digest {
        self.reader().digest().expect("a digest")
    }

    /// The digest of a new store made of the rows as they are now.
    pub(crate) async fn rebuilt(&self, rows: Rows) -> Digest {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rebuilt.db");
        let engine = Engine::open(&path, Config::default()).await.expect("a store");
        let job = engine.sync(rows, SyncOptions::default()).await.expect("a job");
        job.finished().await.expect("a report");
        engine.close().await;
        Reader::open(&path).and_then(|reader| reader.digest()).expect("a digest")
    }

    /// The store as any other program sees it.
    pub(crate) fn tables(&self) -> Connection {
        Connection::open(self.store()).expect("the store")
    }

    /// What is stored of each row that can be found: its title and its first text, by key.
    pub(crate) fn stored(&self) -> BTreeMap<String, (Option<String>, Option<String>)> {
        let tables = self.tables();
        let query = "select item.key, document.title, document.text_1 from document \
                     join item on item.id = document.id where document.type_id > 2";
        let mut documents = tables.prepare(query).expect("documents");
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)));
        documents.query_map([], read).and_then(Iterator::collect).expect("documents")
    }

    /// The outcome of one item, with the reason where it was left out.
    pub(crate) fn outcome(&self, key: &str) -> String {
        let query = "select coalesce(skip_reason, outcome) from item where key = ?1";
        self.tables().query_row(query, [key], |row| row.get(0)).expect("an item")
    }

    pub(crate) fn search(&self, text: &str) -> Vec<Hit> {
        let reader = Reader::open(&self.store()).expect("a store");
        reader.search(&SearchQuery::words(text)).expect("hits")
    }

    pub(crate) fn keys(&self, text: &str) -> Vec<String> {
        self.search(text).into_iter().map(|hit| hit.key).collect()
    }
}

pub(crate) fn rows(path: &Path, entity: Entity) -> Rows {
    Sqlite::new(SqliteSettings { path: path.to_owned() }).rows(entity).expect("rows")
}

pub(crate) fn product() -> Entity {
    let content = |column: &str, weight| ContentColumn { column: column.to_owned(), weight };
    let metadata = |column: &str, kind| MetadataColumn { column: column.to_owned(), kind };
    Entity {
        content: vec![content("name", 2.0), content("description", 1.0)],
        metadata: vec![metadata("price", Some(MetadataKind::Number)), metadata("category", None)],
        version: Some("updated_at".to_owned()),
        ..Entity::new("product", Relation::Table("product".to_owned()), "name")
    }
}

#[tokio::test]
async fn every_row_is_found_by_its_words() {
    let shop = Shop::of(1_200);
    let report = shop.sync().await;
    assert_eq!((report.counters.listed, report.counters.written), (1_200, 1_200));
    assert_eq!(shop.keys("coil7"), ["7"]);
    assert_eq!(shop.search("rope7 boats")[0].title.as_deref(), Some("rope7"));
    assert_eq!(shop.search("boats").len(), 10);
}

#[tokio::test]
async fn a_row_that_has_not_changed_is_not_written_again() {
    let shop = Shop::of(700);
    shop.sync().await;
    shop.database()
        .execute_batch(
            "update product set description = 'tarred' where id = 5;
             delete from product where id in (6, 700);",
        )
        .expect("changes");
    shop.insert([701, -4]);
    let report = shop.sync().await;
    let counters = report.counters;
    assert_eq!((counters.listed, counters.unchanged), (700, 697));
    assert_eq!((counters.written, counters.deleted), (3, 2));
    assert_eq!(shop.keys("tarred"), ["5"]);
    assert_eq!(shop.keys("coil5"), Vec::<String>::new());
    assert_eq!(shop.keys("coil6"), Vec::<String>::new());
    assert_eq!(shop.keys("rope-4"), ["-4"]);
}
