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
    Durability, ItemResult, ItemWrite, JobPlace, NewJob, OntologyWrite, PageWrite, ReadOrder,
    Store, Version, apply, create, ensure_source,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

const SCHEMA: &str = include_str!("../../migrations/0001_store.sql");

/// Tables whose rows belong to an item, by the column that says to which.
const OF_ITEM: [&str; 4] = ["page", "graph_link", "property_claim", "diagnostic"];
const OF_CLAIM: [&str; 2] = ["supplied_name", "reference"];

/// Puts a document into the index.
const WORDS: &str = "insert into search (rowid, title, text_1, text_2, text_3, text_4)
    select id, title, text_1, text_2, text_3, text_4 from searchable where id = ?1";

/// Every row of a store, by the item that brought it, in the order of writing.
pub(crate) struct Rows {
    /// Sources, ontologies and jobs.
    first: Vec<Insert>,
    items: Vec<ItemRows>,
}

struct ItemRows {
    file: PathBuf,
    /// Insert statement and values, parents before children.
    rows: Vec<Insert>,
}

struct Table {
    insert: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn read(store: &Connection, name: &str) -> Self {
        let mut statement = store.prepare(&format!("select * from \"{name}\"")).expect("a table");
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
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

/// A store's tables, with what says which item each row belongs to.
struct Tables {
    items: Table,
    claims: Table,
    classes: Table,
    names: Table,
    documents: Table,
    of_item: [Table; 4],
    of_claim: [Table; 2],
}

/// Names and classes that an earlier item has brought already.
#[derive(Default)]
struct Brought {
    names: HashSet<i64>,
    classes: HashSet<i64>,
}

type Insert = (String, Vec<Value>);

impl Tables {
    /// The rows that an item brought, parents before children.
    fn rows_of(&self, item: &[Value], by: &Keyed<'_>, brought: &mut Brought) -> ItemRows {
        let id = integer(&item[self.items.at("id")]);
        let own = by.claims.get(&id).map_or(&[][..], Vec::as_slice);
        let mut children: Vec<(&Table, &Vec<Value>)> = Vec::new();
        for (table, rows) in self.of_item.iter().zip(&by.of_item) {
            children.extend(rows.get(&id).into_iter().flatten().map(|row| (table, *row)));
        }
        for claim in own {
            let claim_id = integer(&claim[self.claims.at("id")]);
            for (table, rows) in self.of_claim.iter().zip(&by.of_claim) {
                children.extend(rows.get(&claim_id).into_iter().flatten().map(|row| (table, *row)));
            }
        }
        let mut rows = vec![(self.items.insert.clone(), item.to_vec())];
        for claim in own {
            let class_id = integer(&claim[self.claims.at("class_id")]);
            self.add_class(class_id, by, brought, &mut rows);
        }
        for (table, row) in &children {
            let Some(at) = table.columns.iter().position(|column| column == "name_id") else {
                continue;
            };
            let name_id = integer(&row[at]);
            if brought.names.insert(name_id) {
                let name = by.names[&name_id][0];
                let class_id = integer(&name[self.names.at("class_id")]);
                self.add_class(class_id, by, brought, &mut rows);
                rows.push((self.names.insert.clone(), name.clone()));
            }
        }
        rows.extend(own.iter().map(|claim| (self.claims.insert.clone(), (*claim).clone())));
        rows.extend(children.iter().map(|(table, row)| (table.insert.clone(), (*row).clone())));
        let of_claims = own.iter().map(|claim| -integer(&claim[self.claims.at("id")]));
        let documents: Vec<i64> = std::iter::once(id).chain(of_claims).collect();
        for document in documents.iter().filter_map(|id| by.documents.get(id)).flatten() {
            rows.push((self.documents.insert.clone(), (*document).clone()));
        }
        let words = documents.into_iter().filter(|id| by.documents.contains_key(id));
        rows.extend(words.map(|id| (WORDS.to_owned(), vec![Value::Integer(id)])));
        let Value::Text(key) = &item[self.items.at("key")] else { panic!("a key is text") };
        ItemRows { file: key.into(), rows }
    }

    fn add_class(
        &self,
        class_id: i64,
        by: &Keyed<'_>,
        brought: &mut Brought,
        rows: &mut Vec<Insert>,
    ) {
        if class_id != 0 && brought.classes.insert(class_id) {
            rows.push((self.classes.insert.clone(), by.classes[&class_id][0].clone()));
        }
    }
}

type ByKey<'a> = HashMap<i64, Vec<&'a Vec<Value>>>;

/// Rows by what they are looked up by.
struct Keyed<'a> {
    claims: ByKey<'a>,
    classes: ByKey<'a>,
    names: ByKey<'a>,
    documents: ByKey<'a>,
    of_item: Vec<ByKey<'a>>,
    of_claim: Vec<ByKey<'a>>,
}

impl Rows {
    /// Reads all rows of a store that one sync of `root` made.
    pub(crate) fn of(store: &Path, root: &Path) -> Self {
        let store = Connection::open(store).expect("a store");
        let table = |name: &str| Table::read(&store, name);
        let first = ["ontology", "source", "job"].map(table);
        let first = first
            .iter()
            .flat_map(|table| table.rows.iter().map(|row| (table.insert.clone(), row.clone())));
        let tables = Tables {
            items: table("item"),
            claims: table("claim"),
            classes: table("class"),
            names: table("name"),
            documents: table("document"),
            of_item: OF_ITEM.map(table),
            of_claim: OF_CLAIM.map(table),
        };
        let by = Keyed {
            claims: tables.claims.by("item_id"),
            classes: tables.classes.by("id"),
            names: tables.names.by("id"),
            documents: tables.documents.by("id"),
            of_item: tables.of_item.iter().map(|table| table.by("item_id")).collect(),
            of_claim: tables.of_claim.iter().map(|table| table.by("claim_id")).collect(),
        };
        let mut order: Vec<&Vec<Value>> = tables.items.rows.iter().collect();
        order.sort_by_key(|row| integer(&row[tables.items.at("id")]));
        let mut brought = Brought::default();
        let mut items: Vec<ItemRows> =
            order.into_iter().map(|item| tables.rows_of(item, &by, &mut brought)).collect();
        items.iter_mut().for_each(|item| item.file = root.join(&item.file));
        Self { first: first.collect(), items }
    }

    /// One thread: read the file, digest it, write its rows with prepared statements, commit.
    pub(crate) fn write_raw(&self, path: &Path) {
        let store = Connection::open(path).expect("a new store");
        store
            .execute_batch(
                "pragma page_size = 2048; pragma journal_mode = wal; pragma synchronous = normal;
                 pragma foreign_keys = on; pragma cache_size = -8192;
                 pragma wal_autocheckpoint = 16384",
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
        let key = ItemKey::new(file);
        let item = SourceItem { key, content, content_digest, git_sha1: None };
        let parsed = parser.parse(&item);
        let version = Version {
            content_digest,
            git_sha1: Some(git_blob_sha1(&item.content)),
            size_bytes: item.content.len() as u64,
            reading,
            fingerprint: driftless::fingerprint::fingerprint(&content_digest, &reading),
        };
        let result = match parsed {
            Parsed::Page(page) => {
                let page = Box::new(PageWrite::new(page, item.content));
                ItemResult::Page { page, version }
            }
            Parsed::Ontology(record) => {
                let ontology = Box::new(OntologyWrite::new(record, &item.key));
                ItemResult::Ontology { ontology, version }
            }
            Parsed::Document(document) => ItemResult::Document { document, version },
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
            let source = ensure_source(tx, "naive", "directory", "{}", "default", &<_>::default())?;
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
