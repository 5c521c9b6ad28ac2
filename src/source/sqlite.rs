//! An SQLite database of somebody else's: read only, a page at a time.
//!
//! SQLite has types by value; a column's declared type says nothing that is relied on. Text
//! that is not UTF-8 is read as what it is.

mod catalog;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Row as SqlRow, ToSql, params_from_iter};
use serde::{Deserialize, Serialize};

use super::rows::{
    Column, Database, Dialect, Flaw, KeyColumn, PAGE_BYTES, Range, Row, Rows, Selection, Sql,
    Table, quoted,
};
use super::{Answer, SourceError};
use crate::entity::{Entity, Relation};
use crate::row::{Cell, KeyText, Kind, RowContent, Value, float_form};

/// How long to wait for the application's own writers before calling the database busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Room for what stands before a value, and for a number's digits.
const ROOM_BYTES: usize = 24;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqliteSettings {
    /// Its file.
    pub path: PathBuf,
}

/// An SQLite database that rows are read from.
#[derive(Debug)]
pub struct Sqlite {
    settings: SqliteSettings,
    /// Connections that nobody uses right now: no more than were ever used at once.
    idle: Mutex<Vec<Connection>>,
}

impl Sqlite {
    /// A database that is opened when it is first asked.
    pub fn new(settings: SqliteSettings) -> Arc<Self> {
        Arc::new(Self { settings, idle: Mutex::default() })
    }

    /// The rows of an entity of this database, as a source.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if the declaration contradicts itself.
    pub fn rows(self: &Arc<Self>, entity: Entity) -> Result<Rows, SourceError> {
        Rows::of(Arc::new(Shared(self.clone())), entity)
    }

    /// Its tables and views.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if it cannot be read.
    pub async fn tables(self: &Arc<Self>) -> Result<Vec<Table>, SourceError> {
        Shared(self.clone()).tables().await
    }

    fn name(&self) -> String {
        format!("sqlite:{}", self.settings.path.display())
    }

    fn open(&self) -> Result<Connection, SourceError> {
        let gone = |reason: String| SourceError::Gone { name: self.name(), reason };
        let path = &self.settings.path;
        if !path.exists() {
            return Err(gone("there is no such file".to_owned()));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let set_up = || {
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            connection.pragma_update(None, "query_only", true)?;
            connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        };
        set_up().map_err(|error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => {
                gone("it is not an SQLite database, or it is an encrypted one".to_owned())
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                SourceError::Denied { name: self.name(), reason: self.unopened(&error) }
            }
            _ => self.failed(&error),
        })
    }

    /// Why the file cannot be opened, which SQLite does not say.
    fn unopened(&self, error: &rusqlite::Error) -> String {
        match std::fs::File::open(&self.settings.path) {
            Err(error) => error.to_string(),
            Ok(_) => format!(
                "the file can be read, but not its log: that takes a file beside it, which cannot \
                 be made in this folder ({})",
                catalog::message(error)
            ),
        }
    }

    /// Does `work` while a name in double quotes that does not exist is an error. Otherwise it is
    /// a text, as SQLite has always read it: views of applications rely on that.
    fn strictly<T>(
        &self,
        connection: &Connection,
        work: impl FnOnce() -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let switch = |is_text| {
            let switched = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, is_text);
            switched.map(drop).map_err(|error| self.failed(&error))
        };
        switch(false)?;
        let done = work();
        switch(true)?;
        done
    }

    fn failed(&self, error: &rusqlite::Error) -> SourceError {
        SourceError::Failed { name: self.name(), reason: error.to_string() }
    }

    /// A question that SQLite does not understand is a mistake in the settings.
    fn wrong(&self, setting: &str, error: &rusqlite::Error) -> SourceError {
        match error.sqlite_error_code() {
            Some(ErrorCode::Unknown) | None => {
                let (setting, reason) = (setting.to_owned(), catalog::message(error));
                SourceError::Settings { setting, reason }
            }
            _ => self.failed(error),
        }
    }
}

/// Handed to work on other threads.
#[derive(Clone)]
struct Shared(Arc<Sqlite>);

impl Shared {
    /// Runs `work` with a connection, where it may block.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Sqlite, &Connection) -> Result<T, SourceError> + Send + 'static,
    ) -> Answer<'_, Result<T, SourceError>> {
        let database = self.0.clone();
        let name = database.name();
        let run = move || {
            // Whoever panicked with the lock only moved a connection in or out.
            let idle = || database.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let known = idle().pop();
            let connection = known.map_or_else(|| database.open(), Ok)?;
            let done = work(&database, &connection);
            // After an error a new connection has a new look at the file.
            if done.is_ok() {
                idle().push(connection);
            }
            done
        };
        Box::pin(async move {
            let died =
                |e: tokio::task::JoinError| SourceError::Failed { name, reason: e.to_string() };
            tokio::task::spawn_blocking(run).await.map_err(died)?
        })
    }

    fn select<T: Send + 'static>(
        &self,
        of: &Selection,
        sql: Sql,
        read: impl FnOnce(&mut rusqlite::Rows<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, Result<T, SourceError>> {
        let setting = format!("entities.{}", of.entity);
        self.ask(move |database, connection| {
            let mut statement = connection
                .prepare_cached(&sql.text)
                .map_err(|error| database.wrong(&setting, &error))?;
            let parameters = params_from_iter(sql.values.iter().map(Bound));
            let read = || read(&mut statement.query(parameters)?);
            read().map_err(|error| database.wrong(&setting, &error))
        })
    }
}

impl Database for Shared {
    fn description(&self) -> (&'static str, serde_json::Value) {
        ("sqlite", serde_json::json!(self.0.settings))
    }

    fn tables(&self) -> Answer<'_, Result<Vec<Table>, SourceError>> {
        self.ask(|database, connection| {
            catalog::tables(connection).map_err(|e| database.failed(&e))
        })
    }

    fn table<'a>(&'a self, relation: &'a Relation) -> Answer<'a, Result<Table, SourceError>> {
        let relation = relation.clone();
        self.ask(move |database, connection| match &relation {
            Relation::Table(name) => catalog::named(database, connection, name),
            Relation::Query(query) => {
                let look = || {
                    let found = catalog::queried(connection, query);
                    found.map_err(|error| database.wrong("query", &error))
                };
                if query.contains('"') { database.strictly(connection, look) } else { look() }
            }
        })
    }

    fn last_key(&self, of: Arc<Selection>) -> Answer<'_, Result<Option<Vec<Value>>, SourceError>> {
        let parts = of.key.len();
        self.select(&of, of.last_key_sql(&Words), move |rows| {
            rows.next()?.map(|row| key(row, parts)).transpose()
        })
    }

    fn steps(
        &self,
        of: Arc<Selection>,
        range: Range,
    ) -> Answer<'_, Result<Vec<Vec<Value>>, SourceError>> {
        let parts = of.key.len();
        self.select(&of, of.steps_sql(&range, &Words), move |rows| {
            let mut steps = Vec::new();
            while let Some(row) = rows.next()? {
                steps.push(key(row, parts)?);
            }
            Ok(steps)
        })
    }

    fn check(&self, of: Arc<Selection>) -> Answer<'_, Result<(), SourceError>> {
        let (conditions, setting) = (of.check_sql(&Words), format!("entities.{}", of.entity));
        let is_quoting = of.conditions.iter().any(|condition| condition.contains('"'));
        let checked = self.ask(move |database, connection| {
            let look = || {
                let statement = connection.prepare(&conditions.text);
                statement.map(drop).map_err(|error| database.wrong(&setting, &error))
            };
            if is_quoting { database.strictly(connection, look) } else { look() }
        });
        let Some(bound) = of.versions.first() else { return checked };
        // SQLite compares a number and a text without complaint, and the text is always greater.
        let is_number = of.versions.iter().all(|it| it.value.parse::<f64>().is_ok());
        let (name, from) = (of.column(&bound.column.name), &of.from);
        let text = format!("select typeof({name}) from {from} where {name} is not null limit 1");
        let setting = format!("entities.{}.version", of.entity);
        let kind = self.select(&of, Sql { text, values: Vec::new() }, |rows| {
            rows.next()?.map(|row| row.get::<_, String>(0)).transpose()
        });
        Box::pin(async move {
            checked.await?;
            let kind = kind.await?.unwrap_or_default();
            if !matches!(kind.as_str(), "integer" | "real") || is_number {
                return Ok(());
            }
            let reason = format!("its values are of the type {kind}; since and before must be too");
            Err(SourceError::Settings { setting, reason })
        })
    }

    fn has_flaw(&self, of: Arc<Selection>, flaw: Flaw) -> Answer<'_, Result<bool, SourceError>> {
        self.select(&of, of.flaw_sql(flaw, &Words), |rows| Ok(rows.next()?.is_some()))
    }

    fn page(&self, of: Arc<Selection>, range: Range) -> Answer<'_, Result<Vec<Row>, SourceError>> {
        let sql = of.page_sql(&range, &Words);
        let shape = Shape::of(&of);
        self.select(&of, sql, move |rows| {
            let mut page = Vec::with_capacity(range.limit);
            let mut bytes = 0;
            while bytes < PAGE_BYTES
                && let Some(row) = rows.next()?
            {
                let row = shape.read(row)?;
                bytes += row.content.as_ref().map_or(0, RowContent::len);
                page.push(row);
            }
            Ok(page)
        })
    }

    fn rows(
        &self,
        of: Arc<Selection>,
        keys: Vec<Vec<Value>>,
    ) -> Answer<'_, Result<Vec<Option<Row>>, SourceError>> {
        let setting = format!("entities.{}", of.entity);
        self.ask(move |database, connection| {
            let shape = Shape::of(&of);
            let one = |key: &Vec<Value>| {
                let sql = of.row_sql(key, &Words);
                let mut statement = connection
                    .prepare_cached(&sql.text)
                    .map_err(|error| database.wrong(&setting, &error))?;
                let parameters = params_from_iter(sql.values.iter().map(Bound));
                let read =
                    || statement.query(parameters)?.next()?.map(|row| shape.read(row)).transpose();
                read().map_err(|error| database.wrong(&setting, &error))
            };
            keys.iter().map(one).collect()
        })
    }

    fn count(&self, of: Arc<Selection>) -> Answer<'_, Option<u64>> {
        let count = self.select(&of, of.count_sql(&Words), |rows| {
            rows.next()?.map(|row| row.get::<_, i64>(0)).transpose()
        });
        Box::pin(async move {
            let counted = count.await;
            if let Err(error) = &counted {
                tracing::debug!(%error, "the rows were not counted");
            }
            counted.ok().flatten().map(i64::unsigned_abs)
        })
    }
}

/// SQLite's dialect.
struct Words;

impl Dialect for Words {
    fn parameter(&self, number: usize, _: &str) -> String {
        format!("?{number}")
    }

    fn value(&self, column: &str, _: Option<&Column>) -> String {
        column.to_owned()
    }

    fn collation(&self, column: &KeyColumn) -> String {
        column.collation.as_ref().map_or(String::new(), |name| format!(" collate {}", quoted(name)))
    }
}

/// How many values of a row are what.
#[derive(Clone, Copy)]
struct Shape {
    key: usize,
    columns: usize,
    largest_bytes: u64,
}

impl Shape {
    fn of(selection: &Selection) -> Self {
        let (key, columns) = (selection.key.len(), selection.columns.len());
        Self { key, columns, largest_bytes: selection.largest_bytes }
    }

    fn read(self, row: &SqlRow<'_>) -> rusqlite::Result<Row> {
        let mut key = KeyText::default();
        for at in 0..self.key {
            with_cell(row.get_ref(at)?, |cell| key.push(cell));
        }
        let key = key.into_key();
        let columns = self.key..self.key + self.columns;
        let mut bytes = 0;
        for at in columns.clone() {
            bytes += length(row.get_ref(at)?);
        }
        if bytes > self.largest_bytes {
            return Ok(Row { key, content: Err(bytes) });
        }
        let room = bytes as usize + self.columns * ROOM_BYTES;
        let mut content = RowContent::with_capacity(room);
        for at in columns {
            with_cell(row.get_ref(at)?, |cell| content.push(cell.kind, cell.form));
        }
        Ok(Row { key, content: Ok(content) })
    }
}

fn length(value: ValueRef<'_>) -> u64 {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.len() as u64,
        _ => 0,
    }
}

/// A value in its canonical form.
fn with_cell<T>(value: ValueRef<'_>, then: impl FnOnce(Cell<'_>) -> T) -> T {
    let cell = |kind, form| Cell { kind, form };
    match value {
        ValueRef::Null => then(cell(Kind::Null, &[])),
        ValueRef::Integer(number) => then(cell(Kind::Integer, number.to_string().as_bytes())),
        ValueRef::Real(number) => then(cell(Kind::Float, float_form(number).as_bytes())),
        ValueRef::Text(text) if std::str::from_utf8(text).is_ok() => then(cell(Kind::Text, text)),
        ValueRef::Text(text) => then(cell(Kind::NotUtf8, text)),
        ValueRef::Blob(bytes) => then(cell(Kind::Bytes, bytes)),
    }
}

fn key(row: &SqlRow<'_>, parts: usize) -> rusqlite::Result<Vec<Value>> {
    let value = |at| Ok(with_cell(row.get_ref(at)?, |cell| Value::new(cell.kind, cell.form)));
    (0..parts).map(value).collect()
}

/// A value as a parameter.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let Value { kind, form } = self.0;
        let number = || std::str::from_utf8(form).unwrap_or_default();
        Ok(match kind {
            Kind::Integer if number().parse::<i64>().is_ok() => {
                number().parse::<i64>().unwrap_or_default().into()
            }
            Kind::Float => number().parse::<f64>().unwrap_or(f64::NAN).into(),
            Kind::Bytes => ToSqlOutput::Borrowed(ValueRef::Blob(form)),
            Kind::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            _ => ToSqlOutput::Borrowed(ValueRef::Text(form)),
        })
    }
}
