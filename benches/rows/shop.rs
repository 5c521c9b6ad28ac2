//! A table of made-up products, about 200 bytes a row.

use std::path::Path;

use driftless::entity::{ContentColumn, Entity, MetadataColumn, MetadataKind, Relation};
use rusqlite::Connection;
use tokio_postgres::Client;

/// Beginnings and ends of words; together some 1,600 of them.
const BEGINNINGS: [&str; 40] = [
    "an", "bar", "cab", "del", "ebb", "flo", "gar", "har", "iso", "jet", "kel", "lan", "mar",
    "nav", "oar", "pon", "qua", "riv", "sal", "tid", "ulm", "val", "wad", "xen", "yaw", "zen",
    "bri", "cra", "dri", "eve", "fro", "gri", "hul", "ind", "kno", "lev", "mol", "ner", "orb",
    "pil",
];
const ENDS: [&str; 40] = [
    "or", "el", "in", "ate", "ing", "er", "ant", "ome", "ule", "ast", "ive", "ock", "une", "ade",
    "ora", "ish", "end", "oth", "urn", "age", "ine", "ole", "usk", "ard", "eam", "ift", "oon",
    "arp", "elt", "ump", "ish", "ony", "ace", "ell", "ird", "ost", "ull", "ark", "int", "oft",
];

const CATEGORIES: [&str; 8] =
    ["rope", "anchors", "paint", "charts", "lamps", "oars", "pumps", "sails"];

/// Numbers that look like chance and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A word; some are far more frequent than others.
    fn word(&mut self) -> String {
        let skewed = |n: u64| (n % 1_000 * (n / 1_000 % 1_000) / 25_000) as usize;
        format!("{}{}", BEGINNINGS[skewed(self.next())], ENDS[skewed(self.next())])
    }

    fn words(&mut self, number: u64) -> String {
        (0..number).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// One product.
struct Product {
    name: String,
    description: String,
    price: f64,
    category: &'static str,
}

impl Product {
    fn of(id: u64) -> Self {
        let mut dice = Dice(id);
        let (name, description) = (dice.words(3), dice.words(22));
        let price = (dice.next() % 100_000) as f64 / 100.0;
        Self { name, description, price, category: CATEGORIES[(dice.next() % 8) as usize] }
    }
}

/// Adds the products of these ids to a database of PostgreSQL.
pub(crate) async fn fill_postgres(owner: &Client, ids: std::ops::RangeInclusive<u64>) {
    owner
        .batch_execute(
            "create table product (id bigint primary key, name text not null,
                description text not null, price float8 not null, category text not null)",
        )
        .await
        .expect("a table");
    let ids: Vec<u64> = ids.collect();
    for ids in ids.chunks(1_000) {
        let row = |id: &u64| {
            let Product { name, description, price, category } = Product::of(*id);
            format!("({id}, '{name}', '{description}', {price}, '{category}')")
        };
        let rows: Vec<_> = ids.iter().map(row).collect();
        let insert = format!("insert into product values {}", rows.join(", "));
        owner.batch_execute(&insert).await.expect("rows");
    }
    owner.batch_execute("analyze product").await.expect("statistics");
}

/// Adds the products of these ids to an SQLite database.
pub(crate) fn fill(path: &Path, ids: std::ops::RangeInclusive<u64>) {
    let mut database = Connection::open(path).expect("a database");
    database
        .execute_batch(
            "pragma journal_mode = wal;
            create table if not exists product (id integer primary key, name text not null,
                description text not null, price real not null, category text not null);",
        )
        .expect("a table");
    let transaction = database.transaction().expect("a transaction");
    for id in ids {
        let Product { name, description, price, category } = Product::of(id);
        transaction
            .prepare_cached("insert into product values (?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut insert| insert.execute((id as i64, name, description, price, category)))
            .expect("a row");
    }
    transaction.commit().expect("committed");
}

/// Removes so many rows, spread over the table.
pub(crate) fn remove(path: &Path, rows: u64) {
    let database = Connection::open(path).expect("a database");
    let removed = database
        .execute("delete from product where id % 199 = 7 and id <= 199 * ?1", [rows as i64])
        .expect("deleted");
    assert_eq!(removed as u64, rows);
}

/// Two words that some products have.
pub(crate) fn query(number: u64) -> String {
    Dice(number * 7 + 3).words(2)
}

pub(crate) fn product() -> Entity {
    let content = |column: &str, weight| ContentColumn { column: column.to_owned(), weight };
    let metadata = |column: &str, kind| MetadataColumn { column: column.to_owned(), kind };
    Entity {
        content: vec![content("name", 3.0), content("description", 1.0)],
        metadata: vec![metadata("price", Some(MetadataKind::Number)), metadata("category", None)],
        ..Entity::new("product", Relation::Table("product".to_owned()), "name")
    }
}
