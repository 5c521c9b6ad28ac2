//! What an old database says of itself: tables, columns and the keys between them.

use rusqlite::Connection;

/// Tables that hold rows of their own. What a virtual table keeps is derived.
const TABLES: &str = "select name, wr from pragma_table_list where schema = 'main' \
    and type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name";

const COLUMNS: &str = "select name, pk from pragma_table_xinfo(?1) where hidden <> 1";

const UNIQUE: &str = "select name from pragma_index_list(?1) where \"unique\" and not partial";

const INDEXED: &str = "select name from pragma_index_info(?1) order by seqno";

const FOREIGN: &str = "select id, \"table\", \"from\", \"to\" from pragma_foreign_key_list(?1) \
    order by id, seq";

/// A table of the old database.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    pub(super) primary_key: Vec<String>,
    /// The columns of each unique index, that of the primary key included.
    pub(super) unique: Vec<Vec<String>>,
    pub(super) foreign: Vec<ForeignKey>,
    pub(super) has_rowid: bool,
    pub(super) rows: u64,
}

/// Columns that name a row of another table.
#[derive(Clone, Debug)]
pub(super) struct ForeignKey {
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    /// Of the other table; empty where its primary key is meant.
    pub(super) targets: Vec<String>,
}

/// All tables with the numbers of their rows.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut statement = connection.prepare(TABLES)?;
    let listed = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    listed
        .map(|listed| {
            let (name, is_without_rowid): (String, bool) = listed?;
            described(connection, name, !is_without_rowid)
        })
        .collect()
}

fn described(connection: &Connection, name: String, has_rowid: bool) -> rusqlite::Result<Table> {
    let mut columns = Vec::new();
    let mut primary = Vec::new();
    let mut statement = connection.prepare_cached(COLUMNS)?;
    let mut rows = statement.query([&name])?;
    while let Some(row) = rows.next()? {
        let (column, place): (String, i64) = (row.get(0)?, row.get(1)?);
        if place > 0 {
            primary.push((place, column.clone()));
        }
        columns.push(column);
    }
    primary.sort();
    let mut unique = Vec::new();
    for index in texts(connection, UNIQUE, &name)? {
        unique.extend(texts(connection, INDEXED, &index).ok());
    }
    let count = format!("select count(*) from {}", quoted(&name));
    let rows: i64 = connection.query_row(&count, [], |row| row.get(0))?;
    Ok(Table {
        foreign: foreign(connection, &name)?,
        name,
        columns,
        primary_key: primary.into_iter().map(|(_, column)| column).collect(),
        unique,
        has_rowid,
        rows: rows.unsigned_abs(),
    })
}

fn foreign(connection: &Connection, table: &str) -> rusqlite::Result<Vec<ForeignKey>> {
    let mut found: Vec<(i64, ForeignKey)> = Vec::new();
    let mut statement = connection.prepare_cached(FOREIGN)?;
    let mut rows = statement.query([table])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if found.last().is_none_or(|(last, _)| *last != id) {
            let key = ForeignKey { columns: Vec::new(), table: row.get(1)?, targets: Vec::new() };
            found.push((id, key));
        }
        if let Some((_, key)) = found.last_mut() {
            key.columns.push(row.get(2)?);
            key.targets.extend(row.get::<_, Option<String>>(3)?);
        }
    }
    Ok(found.into_iter().map(|(_, key)| key).collect())
}

/// The first column of a question about one name. An expression that is indexed has none, which
/// is an error.
fn texts(connection: &Connection, sql: &str, name: &str) -> rusqlite::Result<Vec<String>> {
    connection.prepare_cached(sql)?.query_map([name], |row| row.get(0))?.collect()
}

/// A name as it is compared: `Class_IRI` and `classIri` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether two names are one, however they are spelled.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// An identifier as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Table {
    /// The column of this name.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| is_same(column, name))
    }

    /// Whether there is a column of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.column(name).is_some()
    }

    /// Whether its primary key is exactly these columns.
    pub(super) fn is_keyed_by(&self, names: &[&str]) -> bool {
        is_set(&self.primary_key, names)
    }

    /// Whether these columns together are unique.
    pub(super) fn is_unique(&self, names: &[&str]) -> bool {
        self.is_keyed_by(names) || self.unique.iter().any(|columns| is_set(columns, names))
    }

    /// The columns of `table` that these columns name a row by; of a primary key that is not
    /// spelled out, those.
    pub(super) fn targets<'a>(
        &'a self,
        columns: &[&str],
        table: &'a Table,
    ) -> Option<&'a [String]> {
        let is_it =
            |key: &&ForeignKey| is_set(&key.columns, columns) && is_same(&key.table, &table.name);
        let key = self.foreign.iter().find(is_it)?;
        Some(if key.targets.is_empty() { &table.primary_key } else { &key.targets })
    }

    /// The table with its columns, for a person.
    pub(super) fn described(&self) -> String {
        format!("{}({})", self.name, self.columns.join(", "))
    }
}

fn is_set(columns: &[String], names: &[&str]) -> bool {
    columns.len() == names.len()
        && names.iter().all(|name| columns.iter().any(|column| is_same(column, name)))
}
