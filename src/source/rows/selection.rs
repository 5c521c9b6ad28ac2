//! Which rows and columns an entity means, held against what its database has.

use serde::{Deserialize, Serialize};

use super::sql::quoted;
use crate::entity::Entity;
use crate::row::Kind;
use crate::source::SourceError;

/// What a database says of a table, a view or a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Its name, with its schema where it needs one; empty for a query.
    pub name: String,
    /// How it stands behind `from`.
    #[serde(skip)]
    pub sql: String,
    /// What it is.
    pub kind: TableKind,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// Its unique keys, the primary one first.
    pub keys: Vec<TableKey>,
    /// How many rows it has, by the database's estimate.
    pub rows: Option<u64>,
    /// Why its rows cannot be read, if they cannot.
    pub denied: Option<String>,
}

/// What holds rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum TableKind {
    Table,
    View,
    Query,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the database writes it; empty if it has none.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What its values are, where the type says it.
    #[serde(serialize_with = "kind_word")]
    pub kind: Option<Kind>,
    /// Whether it may have no value.
    pub is_nullable: bool,
    /// Whether its values have an order that a key can rely on.
    pub is_keyable: bool,
    /// Whether the user may read it.
    pub is_readable: bool,
}

fn kind_word<S: serde::Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
    kind.map(Kind::as_str).serialize(serializer)
}

/// A set of columns whose values no two rows share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableKey {
    /// The columns in the order of the index.
    pub columns: Vec<KeyColumn>,
    /// Whether it is the primary key.
    pub is_primary: bool,
    /// What a person should know before relying on it.
    pub note: Option<String>,
}

/// A column of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyColumn {
    /// Its name.
    pub name: String,
    /// Its type as the database writes it.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The collation of the index, where it is not that of the column.
    pub collation: Option<String>,
    /// Whether it may have no value.
    pub is_nullable: bool,
}

/// Which of an entity's rows one run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// A condition in the database's SQL, by whoever runs the program.
    pub condition: Option<String>,
    /// Rows whose version is this or later.
    pub since: Option<String>,
    /// Rows whose version is earlier.
    pub before: Option<String>,
}

/// An entity's rows and columns, all of which exist.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::source) struct Selection {
    /// The entity's name.
    pub(in crate::source) entity: String,
    /// What stands behind `from`.
    pub(in crate::source) from: String,
    /// What stands before the name of a column of it.
    pub(in crate::source) qualifier: String,
    pub(in crate::source) key: Vec<KeyColumn>,
    /// Whether the database sees to it that no two rows share a key.
    pub(in crate::source) is_unique: bool,
    /// The columns of a row's content, in order.
    pub(in crate::source) columns: Vec<Column>,
    /// Conditions by whoever runs the program, as SQL.
    pub(in crate::source) conditions: Vec<String>,
    pub(in crate::source) versions: Vec<VersionBound>,
    /// Rows whose content is longer are not read.
    pub(in crate::source) largest_bytes: u64,
    /// What a person should know of its key.
    pub(in crate::source) note: Option<String>,
}

/// A bound on the version column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source) struct VersionBound {
    pub(in crate::source) column: Column,
    /// `>=` or `<`.
    pub(in crate::source) operator: &'static str,
    pub(in crate::source) value: String,
}

impl Selection {
    pub(super) fn of(
        entity: &Entity,
        table: &Table,
        restriction: &Restriction,
    ) -> Result<Self, SourceError> {
        let wrong = |part: &str, reason: String| SourceError::Settings {
            setting: format!("entities.{}{part}", entity.name),
            reason,
        };
        if let Some(reason) = &table.denied {
            return Err(SourceError::Denied {
                name: entity.name.clone(),
                reason: format!("{} cannot be read: {reason}", table.name),
            });
        }
        let column = |part: &str, name: &str| {
            named(name, table).cloned().ok_or_else(|| wrong(part, missing(name, table)))
        };
        let columns: Vec<Column> =
            entity.columns().into_iter().map(|name| column("", name)).collect::<Result<_, _>>()?;
        let declared: Result<Vec<_>, _> =
            entity.key.iter().map(|name| key_name(name, table)).collect();
        let key = declared.and_then(|declared| key(&declared, table));
        let (key, is_unique) = key.map_err(|reason| wrong(".key", reason))?;
        let key_columns = key.columns.iter().filter_map(|it| named(&it.name, table));
        if let Some(column) = columns.iter().chain(key_columns).find(|it| !it.is_readable) {
            let (name, column) = (entity.name.clone(), &column.name);
            let reason = format!("its column {column} may not be read by this user");
            return Err(SourceError::Denied { name, reason });
        }
        let texts = entity.content.iter().map(|content| &content.column).chain(&entity.embed);
        for name in texts {
            if column("", name)?.kind == Some(Kind::Bytes) {
                return Err(wrong("", format!("{name} holds bytes, which cannot be searched")));
            }
        }
        let mut versions = Vec::new();
        let bounds = [(">=", &restriction.since), ("<", &restriction.before)];
        for (operator, value) in bounds {
            let Some(value) = value.clone() else { continue };
            let version = entity.version.as_deref().ok_or_else(|| {
                let reason = "since and before need it: the column that says when a row changed";
                wrong(".version", reason.to_owned())
            })?;
            versions.push(VersionBound { column: column(".version", version)?, operator, value });
        }
        if let Some(version) = &entity.version {
            column(".version", version)?;
        }
        Ok(Self {
            entity: entity.name.clone(),
            from: table.sql.clone(),
            qualifier: match table.kind {
                TableKind::Query => quoted(QUERY),
                TableKind::Table | TableKind::View => table.sql.clone(),
            },
            note: key.note,
            is_unique,
            key: key.columns,
            columns,
            conditions: entity.filter.iter().chain(&restriction.condition).cloned().collect(),
            versions,
            largest_bytes: u64::MAX,
        })
    }

    pub(super) fn limited_to(self, largest_bytes: u64) -> Self {
        Self { largest_bytes, ..self }
    }
}

fn missing(name: &str, table: &Table) -> String {
    let there: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let place = if table.name.is_empty() { "the query" } else { &table.name };
    format!("{place} has no column {name}; there are: {}", there.join(", "))
}

/// The column of this name; if there is none, the only one that differs in capitals alone.
fn named<'a>(name: &str, table: &'a Table) -> Option<&'a Column> {
    let mut alike = table.columns.iter().filter(|it| it.name.eq_ignore_ascii_case(name));
    let exact = table.columns.iter().find(|column| column.name == name);
    exact.or_else(|| alike.next().filter(|_| alike.next().is_none()))
}

/// The name of a column of a key as the table has it; of a rowid, which is no column, as it is.
fn key_name(name: &str, table: &Table) -> Result<String, String> {
    let known = named(name, table).map(|column| &column.name);
    let of_keys = table.keys.iter().flat_map(|key| &key.columns).map(|column| &column.name);
    let found = known.or_else(|| of_keys.into_iter().find(|known| *known == name));
    found.cloned().ok_or_else(|| missing(name, table))
}

/// The declared key, or the table's own; and whether the database sees to it that it is one.
fn key(declared: &[String], table: &Table) -> Result<(TableKey, bool), String> {
    if declared.is_empty() {
        let own = table.keys.first().cloned().ok_or_else(|| match table.kind {
            TableKind::Table => format!(
                "{} has no unique key; give it one, or declare a `query` of it with a `key`",
                table.name
            ),
            TableKind::View | TableKind::Query => format!(
                "{} has no unique key; declare a `key`: columns that no two rows share",
                table.name
            ),
        });
        return Ok((own?, true));
    }
    let names = |key: &TableKey| key.columns.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    if let Some(known) = table.keys.iter().find(|key| names(key) == declared) {
        return Ok((known.clone(), true));
    }
    if table.kind == TableKind::Table {
        let there: Vec<_> =
            table.keys.iter().map(|key| format!("[{}]", names(key).join(", "))).collect();
        let there = if there.is_empty() { "it has none".to_owned() } else { there.join(", ") };
        return Err(format!(
            "no unique index of {} is over [{}], so rows might share a key; its unique keys: {there}",
            table.name,
            declared.join(", ")
        ));
    }
    let columns = declared.iter().map(|name| {
        let column = named(name, table).ok_or_else(|| missing(name, table))?;
        if !column.is_keyable {
            return Err(format!("{name} is {}, which has no order to rely on", column.type_name));
        }
        let (name, type_name) = (name.clone(), column.type_name.clone());
        Ok(KeyColumn { name, type_name, collation: None, is_nullable: true })
    });
    let columns = columns.collect::<Result<_, _>>()?;
    Ok((TableKey { columns, is_primary: false, note: None }, false))
}

/// What a query is called where its columns are named.
const QUERY: &str = "query";

/// A query as it stands behind `from`.
pub(in crate::source) fn query_sql(query: &str) -> String {
    // A line break ends a comment that the query may end with.
    format!("({}\n) as {}", query.trim_end().trim_end_matches(';'), quoted(QUERY))
}
