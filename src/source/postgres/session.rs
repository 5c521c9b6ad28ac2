//! One connection to a PostgreSQL server, and the short reading transactions on it.
//!
//! Every question is asked inside a transaction that is read only from its first statement,
//! through the extended protocol, where a question is one statement and no more. Each such
//! transaction brings the settings that canonical forms rely on, and is rolled back at its
//! end: nothing stays behind on a server connection that somebody else may get from a pool.

use std::collections::HashMap;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, Row as PgRow, Statement, Transaction};

use super::address::Address;
use super::form::{self, Bound, Raw};
use super::tls::Tls;
use crate::row::{Kind, RowContent, Value, key_of};
use crate::source::SourceError;
use crate::source::rows::{PAGE_BYTES, Row, Selection, Sql};

/// How long a server may take to accept us, unless the address says otherwise: as long as a
/// person waits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// After how long a silent connection is asked whether it still lives; three such questions
/// without an answer end it. Without them a server that vanished would be waited for for hours.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// What each transaction begins with. A statement may take a minute: a page takes milliseconds
/// where the key has an index, and a minute is where somebody should look at the plan. Between
/// two statements we take no longer. Plans are made for the values at hand, for a plan for any
/// range of keys may sort the whole table for each page.
const SETTINGS: &str = "\
    set local statement_timeout = '60s'; \
    set local idle_in_transaction_session_timeout = '60s'; \
    set local plan_cache_mode = force_custom_plan; \
    set local timezone = 'UTC'; \
    set local datestyle = 'ISO'; \
    set local intervalstyle = 'iso_8601'; \
    set local extra_float_digits = 3; \
    set local bytea_output = 'hex'; \
    set local lc_monetary = 'C'; \
    set local standard_conforming_strings = on";

/// For the server, should anything ever be asked outside our transactions.
const READ_ONLY: &str = "-c default_transaction_read_only=on";

/// Statements that a connection keeps prepared: those of a few entities at once.
const STATEMENTS: usize = 32;

/// Rows of a page that are read before it is known how wide they are.
const FIRST_ROWS: usize = 16;

/// What is known of connecting before it is done.
pub(super) fn config(
    address: &Address,
    password: Option<&SecretString>,
    tls: &Tls,
) -> Result<Config, SourceError> {
    let wrong = |reason: &str| SourceError::Settings {
        setting: "url".to_owned(),
        reason: reason.to_owned(),
    };
    let mut config = Config::new();
    let hosts = address.hosts()?;
    // Nobody listens in on a socket file, and it has no name to verify.
    let is_file = hosts.iter().all(|(host, _)| host.starts_with('/'));
    config.ssl_mode(if is_file { tokio_postgres::config::SslMode::Disable } else { tls.mode });
    for (host, port) in hosts {
        config.host(host).port(port);
    }
    let user = address.get("user").ok_or_else(|| wrong("it names no user"))?;
    config.user(user).dbname(address.get("dbname").unwrap_or(user));
    config.application_name(address.get("application_name").unwrap_or("driftless"));
    if let Some(password) = password {
        config.password(password.expose_secret());
    }
    let timeout = match address.get("connect_timeout").map(str::parse) {
        None => CONNECT_TIMEOUT,
        Some(Ok(seconds)) => Duration::from_secs(seconds),
        Some(Err(_)) => return Err(wrong("connect_timeout is no number of seconds")),
    };
    config.connect_timeout(timeout);
    config.keepalives_idle(KEEPALIVE).keepalives_interval(KEEPALIVE).keepalives_retries(3);
    use tokio_postgres::config::TargetSessionAttrs;
    config.target_session_attrs(match address.get("target_session_attrs") {
        None | Some("any") => TargetSessionAttrs::Any,
        Some("read-only" | "standby" | "prefer-standby") => TargetSessionAttrs::ReadOnly,
        Some("read-write" | "primary") => {
            return Err(wrong(
                "target_session_attrs: nothing is written; there are any, read-only",
            ));
        }
        Some(_) => return Err(wrong("target_session_attrs is unknown; there are any, read-only")),
    });
    let own = address.get("options").unwrap_or_default();
    config.options(format!("{own} {READ_ONLY}").trim());
    Ok(config)
}

/// A connection.
pub(super) struct Session {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl Session {
    pub(super) async fn open(config: &Config, tls: &Tls) -> Result<Self, Error> {
        let connected = match config.connect(tls.connect.clone()).await {
            Err(error) if is_unknown_option(&error) => {
                let mut plain = config.clone();
                plain.options("").connect(tls.connect.clone()).await
            }
            connected => connected,
        };
        let (client, connection) = connected?;
        // It carries what is asked and answered, and ends when the client is dropped. Why it
        // ended is told to whoever asks next.
        tokio::spawn(async move { _ = connection.await });
        Ok(Self { client, statements: HashMap::new() })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Begins a reading transaction.
    pub(super) async fn read(&mut self) -> Result<Reading<'_>, Error> {
        let transaction = self.client.build_transaction().read_only(true).start().await?;
        transaction.batch_execute(SETTINGS).await?;
        Ok(Reading { transaction, statements: &mut self.statements })
    }
}

/// Whether something between us and the server refuses options, as poolers do.
fn is_unknown_option(error: &Error) -> bool {
    let is_about_it = |error: &tokio_postgres::error::DbError| error.message().contains("options");
    error.code() == Some(&SqlState::PROTOCOL_VIOLATION)
        && error.as_db_error().is_some_and(is_about_it)
}

/// A transaction that reads. Dropped, it is rolled back, as it is by [`end`](Self::end).
pub(super) struct Reading<'a> {
    transaction: Transaction<'a>,
    statements: &'a mut HashMap<String, Statement>,
}

impl Reading<'_> {
    /// Ends it, and waits for that.
    pub(super) async fn end(self) -> Result<(), Error> {
        self.transaction.rollback().await
    }

    pub(super) async fn prepare(&mut self, text: &str) -> Result<Statement, Error> {
        if let Some(known) = self.statements.get(text) {
            return Ok(known.clone());
        }
        let statement = self.transaction.prepare(text).await?;
        if self.statements.len() >= STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    /// All rows of a question with few.
    pub(super) async fn select(&mut self, sql: &Sql) -> Result<Vec<PgRow>, Error> {
        let statement = self.prepare(&sql.text).await?;
        let bound: Vec<_> = sql.values.iter().map(Bound).collect();
        self.transaction.query(&statement, &parameters(&bound)).await
    }

    /// All rows of one of our own questions about the catalog.
    pub(super) async fn ask(
        &mut self,
        text: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<PgRow>, Error> {
        let statement = self.prepare(text).await?;
        self.transaction.query(&statement, values).await
    }

    /// The rows of a page, until it is long enough.
    pub(super) async fn page(
        &mut self,
        sql: &Sql,
        shape: &Shape,
        limit: usize,
    ) -> Result<Vec<Row>, Error> {
        let statement = self.prepare(&sql.text).await?;
        let bound: Vec<_> = sql.values.iter().map(Bound).collect();
        let portal = self.transaction.bind(&statement, &parameters(&bound)).await?;
        let mut page = Vec::new();
        let mut bytes = 0;
        let mut wanted = FIRST_ROWS.min(limit);
        loop {
            // Nobody asks for more rows at once than a number of theirs can count.
            let count = i32::try_from(wanted).unwrap_or(i32::MAX);
            let rows = self.transaction.query_portal(&portal, count).await?;
            for row in &rows {
                let (row, length) = shape.read(row)?;
                bytes += length;
                page.push(row);
            }
            if rows.len() < wanted || page.len() >= limit || bytes >= PAGE_BYTES {
                return Ok(page);
            }
            let width = bytes / page.len() + 1;
            wanted = ((PAGE_BYTES - bytes) / width).clamp(1, limit - page.len());
        }
    }
}

fn parameters<'a>(bound: &'a [Bound<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    bound.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

/// What the values of a row are: the names of their types.
pub(super) struct Shape {
    key: Vec<String>,
    columns: Vec<String>,
    largest_bytes: u64,
}

impl Shape {
    pub(super) fn of(selection: &Selection) -> Self {
        Self {
            key: selection.key.iter().map(|column| column.type_name.clone()).collect(),
            columns: selection.columns.iter().map(|column| column.type_name.clone()).collect(),
            largest_bytes: selection.largest_bytes,
        }
    }

    pub(super) fn key(&self, row: &PgRow) -> Result<Vec<Value>, Error> {
        let types = self.key.iter().enumerate();
        let value = |(at, type_name): (usize, &String)| {
            let text: Option<Raw<'_>> = row.try_get(at)?;
            Ok(match text {
                Some(Raw(text)) => form::value(type_name, text),
                None => Value::new(Kind::Null, []),
            })
        };
        types.map(value).collect()
    }

    /// The row, and how many bytes came for it.
    pub(super) fn read(&self, row: &PgRow) -> Result<(Row, usize), Error> {
        let key = self.key(row)?;
        let mut content = RowContent::default();
        let (mut bytes, mut came) = (0, 0);
        let mut texts = Vec::with_capacity(self.columns.len());
        for (at, type_name) in (self.key.len()..).zip(&self.columns) {
            let text: Option<Raw<'_>> = row.try_get(at)?;
            let length = text.as_ref().map_or(0, |Raw(text)| text.len());
            came += length;
            // Two digits stand for each byte.
            bytes += if type_name == "bytea" { length / 2 } else { length };
            texts.push((type_name, text));
        }
        if bytes as u64 > self.largest_bytes {
            return Ok((Row { key: key_of(&key), content: Err(bytes as u64) }, came));
        }
        for (type_name, text) in texts {
            match text {
                Some(Raw(text)) => {
                    let (kind, form) = form::form(type_name, text);
                    content.push(kind, &form);
                }
                None => content.push(Kind::Null, &[]),
            }
        }
        Ok((Row { key: key_of(&key), content: Ok(content) }, came))
    }
}
