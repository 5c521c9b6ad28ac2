//! Every row of a store by the item that brought it, to be written again by one thread: the raw
//! limit of what storing costs.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use driftless::fingerprint::{Digest, git_blob_sha1};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// The folder of migrations, in the order of whose names they are applied.
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");

/// Tables whose rows belong to an item, to a claim, or to an axiom; parents before children.
const OF_ITEM: [&str; 7] = [
    "page",
    "graph_link",
    "property_claim",
    "owl_document",
    "owl_import",
    "declaration",
    "diagnostic",
];
const OF_CLAIM: [&str; 2] = ["supplied_name", "reference"];
const OF_AXIOM: [&str; 4] = ["axiom_entity", "open_axiom", "awaited_kind", "restriction"];

/// Bits of an axiom's id that are its place in its item.
const PLACE_BITS: i64 = 24;

/// Puts a document into the index.
const WORDS: &str = "insert into search (rowid, title, text_1, text_2, text_3, text_4)
    select id, title, text_1, text_2, text_3, text_4 from search_text where id = ?1";

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
        let mut columns = store.prepare("select name from pragma_table_info(?1)").expect("sql");
        let columns: Vec<String> = columns
            .query_map([name], |row| row.get(0))
            .expect("columns")
            .collect::<Result<_, _>>()
            .expect("names");
        let quoted: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
        let (quoted, marks) = (quoted.join(", "), vec!["?"; columns.len()].join(", "));
        let insert = format!("insert into \"{name}\" ({quoted}) values ({marks})");
        let select = format!("select {quoted} from \"{name}\"");
        let mut statement = store.prepare(&select).expect("a table");
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

    fn by(&self, column: &str) -> ByKey<'_> {
        self.keyed(column, |id| id)
    }

    /// Rows by the item of the axiom that a column names.
    fn by_item_of(&self, axiom: &str) -> ByKey<'_> {
        self.keyed(axiom, |id| id >> PLACE_BITS)
    }

    fn keyed(&self, column: &str, key: impl Fn(i64) -> i64) -> ByKey<'_> {
        let at = self.at(column);
        let mut found = ByKey::new();
        for row in &self.rows {
            found.entry(key(integer(&row[at]))).or_default().push(row);
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
    entities: Table,
    axioms: Table,
    of_item: [Table; OF_ITEM.len()],
    of_claim: [Table; OF_CLAIM.len()],
    of_axiom: [Table; OF_AXIOM.len()],
}

/// Names, classes and entities that an earlier item has brought already.
#[derive(Default)]
struct Brought {
    names: HashSet<i64>,
    classes: HashSet<i64>,
    entities: HashSet<i64>,
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
        let axioms = by.axioms.get(&id).into_iter().flatten().map(|row| (&self.axioms, *row));
        children.extend(axioms);
        for (table, rows) in self.of_axiom.iter().zip(&by.of_axiom) {
            children.extend(rows.get(&id).into_iter().flatten().map(|row| (table, *row)));
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
        for (table, row) in &children {
            let at = table.columns.iter().position(|column| column == "entity_id");
            let Some(entity_id) = at.map(|at| integer(&row[at])) else { continue };
            if brought.entities.insert(entity_id) {
                let entity = by.entities[&entity_id][0];
                rows.push((self.entities.insert.clone(), entity.clone()));
            }
        }
        rows.extend(own.iter().map(|claim| (self.claims.insert.clone(), (*claim).clone())));
        rows.extend(children.iter().map(|(table, row)| (table.insert.clone(), (*row).clone())));
        for document in by.documents.get(&id).into_iter().flatten() {
            rows.push((self.documents.insert.clone(), (*document).clone()));
        }
        let is_mention = self.claims.at("is_mention");
        let found = own.iter().filter(|claim| integer(&claim[is_mention]) == 0);
        let found = found.map(|claim| integer(&claim[self.claims.at("id")]));
        let words = std::iter::once(id).chain(found);
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
    entities: ByKey<'a>,
    axioms: ByKey<'a>,
    of_item: Vec<ByKey<'a>>,
    of_claim: Vec<ByKey<'a>>,
    of_axiom: Vec<ByKey<'a>>,
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
            entities: table("entity"),
            axioms: table("axiom"),
            of_axiom: OF_AXIOM.map(table),
        };
        let by = Keyed {
            claims: tables.claims.by("item_id"),
            classes: tables.classes.by("id"),
            names: tables.names.by("id"),
            documents: tables.documents.by("id"),
            of_item: tables.of_item.iter().map(|table| table.by("item_id")).collect(),
            of_claim: tables.of_claim.iter().map(|table| table.by("claim_id")).collect(),
            entities: tables.entities.by("id"),
            axioms: tables.axioms.by_item_of("id"),
            of_axiom: tables.of_axiom.iter().map(|it| it.by_item_of("axiom_id")).collect(),
        };
        let mut order: Vec<&Vec<Value>> = tables.items.rows.iter().collect();
        order.sort_by_key(|row| integer(&row[tables.items.at("id")]));
        let mut brought = Brought::default();
        let mut items: Vec<ItemRows> =
            order.into_iter().map(|item| tables.rows_of(item, &by, &mut brought)).collect();
        items.iter_mut().for_each(|item| item.file = root.join(&item.file));
        Self { first: first.collect(), items }
    }

    /// One thread: read the file, digest it, hand it to `parse`, write its rows with prepared
    /// statements, commit.
    pub(crate) fn write_raw(&self, path: &Path, parse: impl Fn(&Path, &[u8])) {
        let store = Connection::open(path).expect("a new store");
        store
            .execute_batch(
                "pragma page_size = 2048; pragma journal_mode = wal; pragma synchronous = normal;
                 pragma foreign_keys = on; pragma cache_size = -8192;
                 pragma wal_autocheckpoint = 16384",
            )
            .expect("settings");
        store.set_prepared_statement_cache_capacity(64);
        driftless::store::register_search_words(&store).expect("a function");
        let migrations = fs::read_dir(MIGRATIONS).expect("the folder of migrations");
        let mut paths: Vec<_> = migrations.map(|it| it.expect("a file").path()).collect();
        paths.sort();
        for path in paths {
            let migration = fs::read_to_string(path).expect("a migration");
            store.execute_batch(&migration).expect("the schema");
        }
        let insert = |sql: &str, row: &[Value]| {
            let mut statement = store.prepare_cached(sql).expect("an insert");
            statement.execute(params_from_iter(row)).expect("a row");
        };
        self.first.iter().for_each(|(sql, row)| insert(sql, row));
        for item in &self.items {
            let content = fs::read(&item.file).expect("a file");
            std::hint::black_box((Digest::of(&content), git_blob_sha1(&content)));
            parse(&item.file, &content);
            store.execute_batch("begin immediate").expect("begin");
            item.rows.iter().for_each(|(sql, row)| insert(sql, row));
            store.execute_batch("commit").expect("commit");
        }
    }
}
