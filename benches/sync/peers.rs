//! What the engine is compared with: the raw limit, and the naive way.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use driftless::fingerprint::{Digest, git_blob_sha1};
use driftless::item::{ItemKey, Sequence, SourceItem};
use driftless::job::{JobId, JobKind};
use driftless::parse::page::{PageParser, PageSettings};
use driftless::parse::{Parsed, Parser};
use driftless::store::{
    Durability, ItemResult, ItemWrite, JobPlace, NewJob, ReadOrder, Store, Version, apply, create,
    ensure_source,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

const SCHEMA: &str = include_str!("../../migrations/0001_store.sql");

/// Tables whose rows belong to an item, by the column that says to which.
const OF_ITEM: [&str; 4] = ["page", "wikilink", "property_claim", "diagnostic"];
const OF_CLAIM: [&str; 2] = ["supplied_name", "reference"];

/// Every row of a store, by the item that brought it, in the order of writing.
pub(crate) struct Rows {
    /// Sources, ontologies and jobs.
    first: Vec<(String, Vec<Value>)>,
    items: Vec<ItemRows>,
}

struct ItemRows {
    file: PathBuf,
    /// Insert statement and values, parents before children.
    rows: Vec<(String, Vec<Value>)>,
    /// Class and the claim it shows.
    shown: Vec<(i64, i64)>,
}

struct Table {
    insert: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn read(store: &Connection, name: &str) -> Self {
        let mut statement = store.prepare(&format!("select * from \"{name}\"")).expect("a table");
        let columns: Vec<String> =
            statement.column_names().into_iter().map(str::to_owned).collect();
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        let insert = format!("insert into \"{name}\" ({}) values ({marks})", quoted.join(", "));
        let rows = statement
            .query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect())
            .expect("rows")
            .collect::<Result<_, _>>()
            .expect("values");
        Self { insert, columns, rows }
    }

    fn at(&self, column: &str) -> usize {
        self.columns.iter().position(|known| known == column).expect("a column")
    }

    fn by(&self, column: &str) -> HashMap<i64, Vec<&Vec<Value>>> {
        let at = self.at(column);
        let mut found: HashMap<i64, Vec<&Vec<Value>>> = HashMap::new();
        for row in &self.rows {
            found.entry(integer(&row[at])).or_default().push(row);
        }
        found
    }
}

fn integer(value: &Value) -> i64 {
    if let Value::Integer(number) = value { *number } else { 0 }
}

impl Rows {
    /// Reads all rows of a store that one sync of `root` made.
    pub(crate) fn of(store: &Path, root: &Path) -> Self {
        let store = Connection::open(store).expect("a store");
        let table = |name: &str| Table::read(&store, name);
        let first = ["ontology", "source", "job"].map(|name| (name, table(name)));
        let first = first.iter().flat_map(|(_, table)| {
            table.rows.iter().map(|row| (table.insert.clone(), row.clone()))
        });
        let (items, claims, classes, names) =
            (table("item"), table("claim"), table("class"), table("name"));
        let of_item = OF_ITEM.map(table);
        let of_claim = OF_CLAIM.map(table);
        let by_item: Vec<_> = of_item.iter().map(|table| table.by("item_id")).collect();
        let by_claim: Vec<_> = of_claim.iter().map(|table| table.by("claim_id")).collect();
        let (claims_by_item, name_by_id) = (claims.by("item_id"), names.by("id"));
        let class_by_id = classes.by("id");
        let (name_class, class_claim) = (names.at("class_id"), classes.at("claim_id"));
        let mut seen_names = HashSet::new();
        let mut seen_classes = HashSet::new();
        let mut order: Vec<&Vec<Value>> = items.rows.iter().collect();
        order.sort_by_key(|row| integer(&row[items.at("id")]));
        let mut all = Vec::new();
        for item in order {
            let id = integer(&item[items.at("id")]);
            let own = claims_by_item.get(&id).map_or(&[][..], Vec::as_slice);
            let mut children: Vec<(&Table, &Vec<Value>)> = Vec::new();
            for (table, rows) in of_item.iter().zip(&by_item) {
                children.extend(rows.get(&id).into_iter().flatten().map(|row| (table, *row)));
            }
            for claim in own {
                let claim_id = integer(&claim[claims.at("id")]);
                for (table, rows) in of_claim.iter().zip(&by_claim) {
                    let rows = rows.get(&claim_id).into_iter().flatten();
                    children.extend(rows.map(|row| (table, *row)));
                }
            }
            let mut rows = vec![(items.insert.clone(), item.clone())];
            let mut shown = Vec::new();
            let mut add_class = |class_id: i64, rows: &mut Vec<(String, Vec<Value>)>| {
                if class_id != 0 && seen_classes.insert(class_id) {
                    let mut row = class_by_id[&class_id][0].clone();
                    if let Value::Integer(claim) = row[class_claim] {
                        shown.push((class_id, claim));
                    }
                    row[class_claim] = Value::Null;
                    rows.push((classes.insert.clone(), row));
                }
            };
            for claim in own {
                add_class(integer(&claim[claims.at("class_id")]), &mut rows);
            }
            for (table, row) in &children {
                let Some(at) = table.columns.iter().position(|column| column == "name_id") else {
                    continue;
                };
                let name_id = integer(&row[at]);
                if seen_names.insert(name_id) {
                    let name = name_by_id[&name_id][0];
                    add_class(integer(&name[name_class]), &mut rows);
                    rows.push((names.insert.clone(), name.clone()));
                }
            }
            rows.extend(own.iter().map(|claim| (claims.insert.clone(), (*claim).clone())));
            rows.extend(children.iter().map(|(table, row)| (table.insert.clone(), (*row).clone())));
            let key = match &item[items.at("key")] {
                Value::Text(key) => key.clone(),
                _ => String::new(),
            };
            all.push(ItemRows { file: root.join(key), rows, shown });
        }
        // A class may show a claim that comes later: it is set when that claim is there.
        let mut waiting: HashMap<i64, i64> = HashMap::new();
        for item in &mut all {
            waiting.extend(item.shown.drain(..).map(|(class, claim)| (claim, class)));
            let claims_here = item.rows.iter().filter(|(insert, _)| *insert == claims.insert);
            let ready = claims_here.filter_map(|(_, row)| {
                let claim = integer(&row[claims.at("id")]);
                waiting.get(&claim).map(|class| (*class, claim))
            });
            item.shown = ready.collect();
        }
        Self { first: first.collect(), items: all }
    }

    /// One thread: read the file, digest it, write its rows with prepared statements, commit.
    pub(crate) fn write_raw(&self, path: &Path) {
        let store = Connection::open(path).expect("a new store");
        store
            .execute_batch(
                "pragma journal_mode = wal; pragma synchronous = normal;
                 pragma foreign_keys = on; pragma cache_size = -16384;
                 pragma wal_autocheckpoint = 4096",
            )
            .expect("settings");
        store.set_prepared_statement_cache_capacity(64);
        store.execute_batch(SCHEMA).expect("the schema");
        let insert = |sql: &str, row: &[Value]| {
            let mut statement = store.prepare_cached(sql).expect("an insert");
            statement.execute(params_from_iter(row)).expect("a row");
        };
        self.first.iter().for_each(|(sql, row)| insert(sql, row));
        for item in &self.items {
            let content = fs::read(&item.file).expect("a file");
            std::hint::black_box((Digest::of(&content), git_blob_sha1(&content)));
            store.execute_batch("begin immediate").expect("begin");
            item.rows.iter().for_each(|(sql, row)| insert(sql, row));
            for (class, claim) in &item.shown {
                let row = [Value::Integer(*claim), Value::Integer(*class)];
                insert("update class set claim_id = ?1 where id = ?2", &row);
            }
            store.execute_batch("commit").expect("commit");
        }
    }
}

/// Everything in memory first, one transaction at the end: any error loses all.
pub(crate) fn naive(path: &Path, root: &Path) {
    let parser = PageParser::new(PageSettings::default());
    let reading = parser.reading();
    let mut results = Vec::new();
    for file in files(root) {
        let content = fs::read(root.join(&file)).expect("a file");
        let content_digest = Digest::of(&content);
        let item = SourceItem { key: ItemKey::new(file), content, content_digest };
        let parsed = parser.parse(&item);
        let version = Version {
            content_digest,
            git_sha1: git_blob_sha1(&item.content),
            size_bytes: item.content.len() as u64,
            reading,
            fingerprint: driftless::fingerprint::fingerprint(&content_digest, &reading),
        };
        let result = match parsed {
            Parsed::Page(page) => ItemResult::Page { page, content: item.content, version },
            Parsed::Skipped { reason, detail } => {
                ItemResult::Skipped { reason, detail, version: Some(version) }
            }
            Parsed::Rejected(rejection) => {
                ItemResult::Rejected { rejection, version: None, attempts: 1 }
            }
        };
        results.push((item.key, result));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(path, Durability::Normal, 0).expect("a store");
        let save = move |tx: &driftless::store::WriteTransaction<'_>| {
            let source = ensure_source(tx, "naive", "directory", "{}", "default")?;
            let job = NewJob {
                id: JobId::generate(),
                kind: JobKind::Sync,
                source_id: source.id,
                options: "{}".to_owned(),
                reading,
            };
            let job_id = create(tx, &job, 0)?;
            for (at, (key, result)) in (0..).zip(results) {
                let place = JobPlace { job_id, attempt: 1, sequence: Sequence(at) };
                let read = ReadOrder { epoch: 1, counter: at as i64 };
                apply(tx, &ItemWrite { source, key, place, read, now_ms: 0, result })?;
            }
            Ok(())
        };
        store.writer().transact(save).await.expect("one transaction");
        store.close().await;
    });
}

fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            if entry.file_type().expect("a type").is_dir() {
                folders.push(path);
            } else {
                found.push(path.to_str().expect("UTF-8").to_owned());
            }
        }
    }
    found.sort_unstable();
    found
}
