//! The scene of rows: an application's table, a store, and what happens to the table between
//! two runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use driftless::config::{Config, SyncOptions};
use driftless::engine::Engine;
use driftless::fingerprint::Digest;
use driftless::store::Reader;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::oracle::{tables, violations};
use crate::scene::{Dice, copy_store, remove_store};
use crate::victim::{Answer, Order, TableOrder, Victim, rows};

/// See the module.
pub(crate) struct Table {
    folder: TempDir,
    pub(crate) dice: Dice,
    /// Rows of a page, and of a group.
    pub(crate) together: usize,
    /// Every text that a row ever had, by key.
    texts: BTreeMap<i64, BTreeSet<String>>,
    changes: usize,
}

impl Table {
    /// A table of so many rows, and no store yet.
    pub(crate) fn of(seed: u64, rows: i64, together: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut table =
            Self { folder, dice: Dice(seed), together, texts: BTreeMap::new(), changes: 0 };
        let create = "pragma journal_mode = wal;
            create table product (id integer primary key, name text, text text);";
        table.connection().execute_batch(create).expect("a table");
        table.put(1..=rows);
        table
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    fn connection(&self) -> Connection {
        let database = Connection::open(self.database()).expect("the database");
        database.pragma_update(None, "synchronous", "off").expect("set");
        database
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    /// Inserts rows, or gives them a text that none had before.
    pub(crate) fn put(&mut self, ids: impl IntoIterator<Item = i64>) {
        self.changes += 1;
        let mut database = self.connection();
        let transaction = database.transaction().expect("a transaction");
        let put = "insert into product values (?1, 'rope' || ?1, ?2) \
                   on conflict (id) do update set text = excluded.text";
        for id in ids {
            let text = format!("coil{id} of change{}", self.changes);
            transaction.execute(put, (id, &text)).expect("a row");
            self.texts.entry(id).or_default().insert(text);
        }
        transaction.commit().expect("committed");
    }

    pub(crate) fn delete(&self, ids: &BTreeSet<i64>) {
        let mut database = self.connection();
        let transaction = database.transaction().expect("a transaction");
        for id in ids {
            transaction.execute("delete from product where id = ?1", [id]).expect("deleted");
        }
        transaction.commit().expect("committed");
    }

    /// Changes a good part of the rows, deletes some and adds some; gives the keys of those
    /// that are gone.
    pub(crate) fn change(&mut self) -> BTreeSet<i64> {
        let mut ids: Vec<i64> = self.ids().into_iter().collect();
        let mut some = |dice: &mut Dice, share: usize| {
            let number = 1 + ids.len() / share;
            (0..number).map(|_| ids.swap_remove(dice.below(ids.len()))).collect::<BTreeSet<_>>()
        };
        let (gone, changed) = (some(&mut self.dice, 30), some(&mut self.dice, 4));
        self.delete(&gone);
        self.put(changed);
        let next = self.texts.keys().max().copied().unwrap_or_default() + 1;
        self.put(next..next + 20);
        gone
    }

    /// The keys of the table's rows.
    pub(crate) fn ids(&self) -> BTreeSet<i64> {
        let database = self.connection();
        let mut rows = database.prepare("select id from product").expect("a query");
        let ids = rows.query_map([], |row| row.get(0)).expect("rows");
        ids.collect::<Result<_, _>>().expect("ids")
    }

    /// The texts that the store has of rows, by key.
    pub(crate) fn stored(&self) -> BTreeMap<i64, String> {
        let Some(connection) = tables(&self.store()) else { return BTreeMap::new() };
        let query = "select cast(item.key as integer), document.text_1 from document \
                     join item on item.id = document.id";
        let mut documents = connection.prepare(query).expect("a query");
        let pairs = documents.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        pairs.collect::<Result<_, _>>().expect("documents")
    }

    pub(crate) fn order(&self) -> Order {
        let table = TableOrder {
            database: self.database(),
            page_rows: self.together,
            group_items: self.together,
            approve_deletions: Some(1_000_000),
        };
        Order { table: Some(table), ..Order::new(self.folder.path(), PathBuf::new()) }
    }

    pub(crate) fn start(&self, failpoints: &str) -> Victim {
        Victim::start(&self.order(), failpoints)
    }

    pub(crate) fn run(&self, failpoints: &str) -> Answer {
        self.start(failpoints).answer().expect("nothing kills it")
    }

    /// The digest of a store that an undisturbed run makes of the rows as they are now.
    pub(crate) fn rebuilt(&self) -> Digest {
        let store = self.folder.path().join("rebuilt.db");
        remove_store(&store);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let engine = Engine::open(&store, Config::default()).await.expect("a store");
            let rows = rows(&self.database()).expect("rows");
            let job = engine.sync(rows, SyncOptions::default()).await.expect("a job");
            job.finished().await.expect("a report");
            engine.close().await;
        });
        digest(&store)
    }

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

    /// What is wrong with the store of a process that has died. `standing` are rows that the
    /// store had before, and that nobody has deleted.
    pub(crate) fn wrong_after_death(&self, standing: &BTreeSet<i64>) -> Vec<String> {
        if !self.store().exists() {
            return Vec::new();
        }
        let mut wrong = violations(&self.store());
        let stored = self.stored();
        let lost = standing.iter().filter(|id| !stored.contains_key(id));
        wrong.extend(lost.map(|id| format!("the row {id} stands and is deleted")));
        let is_made_up = |(id, text): &(&i64, &String)| {
            !self.texts.get(id).is_some_and(|texts| texts.contains(*text))
        };
        let made_up = stored.iter().filter(is_made_up);
        wrong.extend(made_up.map(|(id, text)| format!("the row {id} never was {text}")));
        wrong
    }
}

fn digest(store: &Path) -> Digest {
    Reader::open(store).and_then(|reader| reader.digest()).expect("a digest")
}
