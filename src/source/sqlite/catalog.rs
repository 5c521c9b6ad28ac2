//! What an SQLite database says of itself: tables, columns, and the keys that rows are known by.

use rusqlite::Connection;

use super::Sqlite;
use crate::source::SourceError;
use crate::source::rows::{Column, KeyColumn, Table, TableKey, TableKind, query_sql, quoted};

/// Tables that SQLite, or a virtual table, keeps for itself.
const TABLES: &str = "select schema, name, type, wr from pragma_table_list \
    where type in ('table', 'view', 'virtual') and name not like 'sqlite\\_%' escape '\\' \
    and schema = 'main' order by name";

/// All tables and views, with the numbers of their rows.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let counted = |it: Listed| {
        // A view of a table that is gone, or one that needs a function or a module of its
        // application's, is no reason not to tell of the others.
        let mut table = match described(connection, &it) {
            Ok(table) => table,
            Err(error) => return it.unreadable(&error),
        };
        let count = format!("select count(*) from {}", table.sql);
        match connection.query_row(&count, [], |row| row.get::<_, i64>(0)) {
            Ok(rows) => table.rows = Some(rows.unsigned_abs()),
            Err(error) => table.denied = Some(message(&error)),
        }
        table
    };
    Ok(listed(connection)?.into_iter().map(counted).collect())
}

/// SQLite's own words, without the question that we put.
pub(super) fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        error => error.to_string(),
    }
}

/// A table or a view as the schema lists it.
struct Listed {
    name: String,
    kind: String,
    is_without_rowid: bool,
}

impl Listed {
    fn table_kind(&self) -> TableKind {
        if self.kind == "view" { TableKind::View } else { TableKind::Table }
    }

    fn unreadable(self, error: &rusqlite::Error) -> Table {
        let (kind, denied) = (self.table_kind(), Some(message(error)));
        let (columns, keys) = (Vec::new(), Vec::new());
        Table { sql: quoted(&self.name), name: self.name, kind, columns, keys, rows: None, denied }
    }
}

fn listed(connection: &Connection) -> rusqlite::Result<Vec<Listed>> {
    let mut statement = connection.prepare(TABLES)?;
    let listed = statement.query_map([], |row| {
        let (name, kind) = (row.get("name")?, row.get("type")?);
        Ok(Listed { name, kind, is_without_rowid: row.get("wr")? })
    })?;
    listed.collect()
}

/// The table or view of this name, in whatever capitals, as SQLite takes names. Nothing of the
/// others is looked at, and nothing is counted: they may be large, and views slow.
pub(super) fn named(
    database: &Sqlite,
    connection: &Connection,
    name: &str,
) -> Result<Table, SourceError> {
    let failed = |error: rusqlite::Error| database.wrong("table", &error);
    let all = listed(connection).map_err(failed)?;
    let bare = name.strip_prefix("main.").unwrap_or(name);
    let found = all.iter().find(|it| it.name == name);
    match found.or_else(|| all.iter().find(|it| it.name.eq_ignore_ascii_case(bare))) {
        Some(it) => described(connection, it).map_err(failed),
        None => {
            let names: Vec<_> = all.iter().map(|it| it.name.as_str()).collect();
            let (database, names) = (database.name(), names.join(", "));
            let reason = format!("{database} has no table {name}; there are: {names}");
            Err(SourceError::Settings { setting: "table".to_owned(), reason })
        }
    }
}

fn described(connection: &Connection, listed: &Listed) -> rusqlite::Result<Table> {
    let Listed { name, is_without_rowid, .. } = listed;
    let mut columns = Vec::new();
    // (place in the primary key from 1, name)
    let mut primary = Vec::new();
    let mut statement = connection.prepare(
        "select name, type, \"notnull\", pk from pragma_table_xinfo(?1) where hidden <> 1",
    )?;
    let mut rows = statement.query([name])?;
    while let Some(row) = rows.next()? {
        let (column, type_name): (String, String) = (row.get("name")?, row.get("type")?);
        let place: i64 = row.get("pk")?;
        if place > 0 {
            primary.push((place, column.clone(), type_name.clone()));
        }
        columns.push(Column {
            name: column,
            type_name,
            kind: None,
            is_nullable: !row.get::<_, bool>("notnull")?,
            is_keyable: true,
            is_readable: true,
        });
    }
    let kind = listed.table_kind();
    let keys = if kind == TableKind::Table {
        keys(connection, name, &columns, &primary, *is_without_rowid)?
    } else {
        Vec::new()
    };
    Ok(Table {
        name: name.clone(),
        sql: quoted(name),
        kind,
        columns,
        keys,
        denied: None,
        rows: None,
    })
}

fn keys(
    connection: &Connection,
    table: &str,
    columns: &[Column],
    primary: &[(i64, String, String)],
    is_without_rowid: bool,
) -> rusqlite::Result<Vec<TableKey>> {
    let mut keys = Vec::new();
    let mut statement = connection.prepare(
        "select name, origin from pragma_index_list(?1) where \"unique\" and not partial \
         order by origin = 'pk' desc, seq desc",
    )?;
    let indexes = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let indexes = indexes.collect::<Result<Vec<(String, String)>, _>>()?;
    // One that has an index is no rowid, whatever its type, and may even be null.
    let has_index = indexes.iter().any(|(_, origin)| origin == "pk");
    let is_rowid = !has_index
        && matches!(primary, [(_, _, type_name)] if type_name.eq_ignore_ascii_case("integer"));
    if let ([(_, name, type_name)], true, false) = (primary, is_rowid, is_without_rowid) {
        let (name, type_name) = (name.clone(), type_name.clone());
        let column = KeyColumn { name, type_name, collation: None, is_nullable: false };
        keys.push(TableKey { columns: vec![column], is_primary: true, note: None });
    }
    for (index, origin) in indexes {
        let is_primary = origin == "pk";
        if let Some(mut key) = index_key(connection, &index, columns)? {
            key.iter_mut().for_each(|it| it.is_nullable &= !(is_primary && is_without_rowid));
            keys.push(TableKey { columns: key, is_primary, note: None });
        }
    }
    let may_be_null =
        |key: &TableKey| !key.is_primary && key.columns.iter().any(|it| it.is_nullable);
    keys.sort_by_key(|key| may_be_null(key));
    let is_shadowed = columns.iter().any(|column| column.name.eq_ignore_ascii_case("rowid"));
    if !is_rowid && !is_without_rowid && !is_shadowed {
        let (name, type_name) = ("rowid".to_owned(), "INTEGER".to_owned());
        let column = KeyColumn { name, type_name, collation: None, is_nullable: false };
        let note =
            "rows are known by their rowid, which `vacuum` may change: each is written anew then";
        keys.push(TableKey {
            columns: vec![column],
            is_primary: false,
            note: Some(note.to_owned()),
        });
    }
    Ok(keys)
}

/// The columns of an index; nothing if it is over expressions.
fn index_key(
    connection: &Connection,
    index: &str,
    columns: &[Column],
) -> rusqlite::Result<Option<Vec<KeyColumn>>> {
    let mut statement = connection
        .prepare("select name, coll from pragma_index_xinfo(?1) where key order by seqno")?;
    let parts = statement.query_map([index], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let parts: Vec<(Option<String>, String)> = parts.collect::<Result<_, _>>()?;
    let part = |(name, collation): (Option<String>, String)| {
        let column = columns.iter().find(|column| Some(&column.name) == name.as_ref())?;
        let (name, type_name) = (column.name.clone(), column.type_name.clone());
        let is_nullable = column.is_nullable;
        Some(KeyColumn { name, type_name, collation: Some(collation), is_nullable })
    };
    Ok(parts.into_iter().map(part).collect())
}

pub(super) fn queried(connection: &Connection, query: &str) -> rusqlite::Result<Table> {
    let sql = query_sql(query);
    let statement = connection.prepare(&format!("select * from {sql}"))?;
    let column = |name: &str| Column {
        name: name.to_owned(),
        type_name: String::new(),
        kind: None,
        is_nullable: true,
        is_keyable: true,
        is_readable: true,
    };
    let columns = statement.column_names().map(column).collect();
    let (name, keys) = (String::new(), Vec::new());
    Ok(Table { name, sql, kind: TableKind::Query, columns, keys, rows: None, denied: None })
}
