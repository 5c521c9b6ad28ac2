//! What a program written for one table in an afternoon does: one thread reads by keyset and
//! inserts documents and words, in transactions of 500.

use std::path::Path;

use rusqlite::Connection;
use tokio_postgres::NoTls;

const PAGE: i64 = 500;

type Product = (i64, String, String, f64, String);

/// Indexes the products of an SQLite database.
pub(crate) fn index_sqlite(source: &Path, store: &Path) {
    let source = Connection::open(source).expect("the source");
    index(store, |after| {
        let mut select = source
            .prepare_cached(
                "select id, name, description, price, category from product where id > ?1
                order by id limit ?2",
            )
            .expect("a question");
        let product = |row: &rusqlite::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        };
        let rows = select.query_map((after, PAGE), product).expect("an answer");
        rows.collect::<Result<_, _>>().expect("rows")
    });
}

/// Indexes the products of a PostgreSQL database.
pub(crate) fn index_postgres(url: &str, store: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let client = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("connected");
        tokio::spawn(connection);
        client
    });
    let select = client.prepare(
        "select id, name, description, price, category from product where id > $1
        order by id limit $2",
    );
    let select = runtime.block_on(select).expect("a question");
    index(store, |after| {
        let rows = runtime.block_on(client.query(&select, &[&after, &PAGE])).expect("an answer");
        rows.iter().map(|it| (it.get(0), it.get(1), it.get(2), it.get(3), it.get(4))).collect()
    });
}

fn index(store: &Path, page: impl Fn(i64) -> Vec<Product>) {
    let mut store = Connection::open(store).expect("a store");
    store
        .execute_batch(
            "pragma journal_mode = wal;
            pragma synchronous = normal;
            create table document (id integer primary key, title text, text text, metadata text);
            create virtual table search using fts5 (title, text, content = 'document',
                content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2');",
        )
        .expect("tables");
    let mut after = 0_i64;
    loop {
        let rows = page(after);
        let Some(last) = rows.last() else { break };
        after = last.0;
        let transaction = store.transaction().expect("a transaction");
        for (id, name, description, price, category) in &rows {
            let metadata = serde_json::json!({ "price": price, "category": category });
            transaction
                .prepare_cached("insert into document values (?1, ?2, ?3, ?4)")
                .and_then(|mut it| it.execute((id, name, description, metadata.to_string())))
                .expect("a document");
            transaction
                .prepare_cached("insert into search (rowid, title, text) values (?1, ?2, ?3)")
                .and_then(|mut it| it.execute((id, name, description)))
                .expect("words");
        }
        transaction.commit().expect("committed");
    }
}
