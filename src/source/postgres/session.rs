//! One connection to a PostgreSQL server, and the short reading transactions on it.
//!
//! Every question is asked inside a transaction that is read only from its first statement,
//! through the extended protocol, where a question is one statement and no more. Each such
//! transaction brings the settings that canonical forms rely on, and is rolled back at its
//! end. No statement has a name and no start-up option is needed: behind a pooler the server's
//! connection belongs to another process a moment later, and a name there may mean a statement
//! of that process.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::config::TargetSessionAttrs;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Error, Row as PgRow, SimpleQueryMessage, Transaction};

use super::address::Address;
use super::form::{self, Bound, Raw};
use super::options;
use super::tls::Tls;
use crate::row::{Kind, RowContent, Value, key_of};
use crate::source::SourceError;
use crate::source::rows::{Row, Selection, Sql};

/// How long a server may take to accept us, unless the address says otherwise: as long as a
/// person waits.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// After how long a silent connection is asked whether it still lives; three such questions
/// without an answer end it. Without them a server that vanished would be waited for for hours.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// What each transaction begins with, unless the address says otherwise. A statement may take a
/// minute: a page takes milliseconds where the key has an index, and after a minute a person
/// should look at the plan. Between two statements we take no longer.
const LIMITS: &str = "\
    set local statement_timeout = '60s'; \
    set local idle_in_transaction_session_timeout = '60s'; ";

/// What canonical forms rely on, whatever the address says.
const FORMS: &str = "\
    set local timezone = 'UTC'; \
    set local datestyle = 'ISO'; \
    set local intervalstyle = 'iso_8601'; \
    set local extra_float_digits = 3; \
    set local bytea_output = 'hex'; \
    set local lc_monetary = 'C'; \
    set local standard_conforming_strings = on";

/// Which of several servers will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Any,
    /// One whose transactions are read only from the start.
    ReadOnly,
    Standby,
    /// A standby; if there is none, any.
    PreferStandby,
}

/// How a server is connected to.
pub(super) struct Way {
    /// One for each host, in the order in which they are tried.
    hosts: Vec<Config>,
    wanted: Wanted,
    /// What each transaction begins with.
    settings: Arc<str>,
}

/// What is known of connecting before it is done.
pub(super) fn way(
    address: &Address,
    password: Option<&SecretString>,
    tls: &Tls,
) -> Result<Way, SourceError> {
    let mut config = Config::new();
    let hosts = address.hosts()?;
    // Nobody listens in on a socket file, and it has no name to verify.
    let is_file = hosts.iter().all(|(host, _)| host.starts_with('/'));
    config.ssl_mode(if is_file { tokio_postgres::config::SslMode::Disable } else { tls.mode });
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
    use tokio_postgres::config::ChannelBinding;
    config.channel_binding(match address.get("channel_binding") {
        None | Some("prefer") => ChannelBinding::Prefer,
        Some("require") => ChannelBinding::Require,
        Some("disable") => ChannelBinding::Disable,
        Some(_) => return Err(wrong("channel_binding: there are disable, prefer, require")),
    });
    let wanted = wanted(address.get("target_session_attrs"))?;
    if wanted == Wanted::ReadOnly {
        config.target_session_attrs(TargetSessionAttrs::ReadOnly);
    }
    let own = options::statements(address.get("options").unwrap_or_default())?;
    let one = |(host, port): (&str, u16)| {
        let mut config = config.clone();
        config.host(host).port(port);
        config
    };
    let hosts = hosts.into_iter().map(one).collect();
    Ok(Way { hosts, wanted, settings: format!("{LIMITS}{own}{FORMS}").into() })
}

fn wrong(reason: &str) -> SourceError {
    SourceError::Settings { setting: "url".to_owned(), reason: reason.to_owned() }
}

fn wanted(said: Option<&str>) -> Result<Wanted, SourceError> {
    const THERE: &str = "there are any, read-only, standby, prefer-standby";
    Ok(match said {
        None | Some("any") => Wanted::Any,
        Some("read-only") => Wanted::ReadOnly,
        Some("standby") => Wanted::Standby,
        Some("prefer-standby") => Wanted::PreferStandby,
        Some("read-write" | "primary") => {
            return Err(wrong(&format!("target_session_attrs: nothing is written; {THERE}")));
        }
        Some(_) => return Err(wrong(&format!("target_session_attrs is unknown; {THERE}"))),
    })
}

/// Why there is no connection.
pub(super) enum NoSession {
    /// The last server that was tried said so, or said nothing.
    Refused(Error),
    /// All servers that answered are primaries.
    NoStandby,
}

impl From<Error> for NoSession {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

/// A connection.
pub(super) struct Session {
    client: Client,
    settings: Arc<str>,
}

impl Session {
    /// Connects to the first server that is of the wanted kind.
    pub(super) async fn open(way: &Way, tls: &Tls) -> Result<Self, NoSession> {
        let is_choosy = matches!(way.wanted, Wanted::Standby | Wanted::PreferStandby);
        let first = Self::first(way, tls, is_choosy).await;
        if first.is_err() && way.wanted == Wanted::PreferStandby {
            return Self::first(way, tls, false).await;
        }
        first
    }

    async fn first(way: &Way, tls: &Tls, standby_only: bool) -> Result<Self, NoSession> {
        let mut failed = NoSession::NoStandby;
        for host in &way.hosts {
            let (client, connection) = match host.connect(tls.connect.clone()).await {
                Ok(connected) => connected,
                Err(error) => {
                    failed = error.into();
                    continue;
                }
            };
            // It carries what is asked and answered, and ends when the client is dropped. Why
            // it ended is told to whoever asks next.
            tokio::spawn(async move { _ = connection.await });
            if !standby_only || is_standby(&client).await? {
                return Ok(Self { client, settings: way.settings.clone() });
            }
        }
        Err(failed)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Begins a reading transaction.
    pub(super) async fn read(&mut self) -> Result<Reading<'_>, Error> {
        let transaction = self.client.build_transaction().read_only(true).start().await?;
        transaction.batch_execute(&self.settings).await?;
        Ok(Reading { transaction })
    }
}

async fn is_standby(client: &Client) -> Result<bool, Error> {
    let answer = client.simple_query("select pg_catalog.pg_is_in_recovery()").await?;
    let is_yes = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.get(0) == Some("t"),
        _ => false,
    };
    Ok(answer.iter().any(is_yes))
}

/// A transaction that reads. Dropped, it is rolled back, as it is by [`end`](Self::end).
pub(super) struct Reading<'a> {
    transaction: Transaction<'a>,
}

impl Reading<'_> {
    /// Ends it, and waits for that.
    pub(super) async fn end(self) -> Result<(), Error> {
        self.transaction.rollback().await
    }

    /// All rows of a question. Its columns are of types that every server has: the client would
    /// ask about others by statements that have names.
    pub(super) async fn select(&mut self, sql: &Sql) -> Result<Vec<PgRow>, Error> {
        let bound: Vec<_> = sql.values.iter().map(Bound).collect();
        let typed = |value| (value as &(dyn ToSql + Sync), Type::TEXT);
        let parameters: Vec<_> = bound.iter().map(typed).collect();
        self.transaction.query_typed(&sql.text, &parameters).await
    }

    /// All rows of one of our own questions about the catalog.
    pub(super) async fn ask(
        &mut self,
        text: &str,
        values: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<PgRow>, Error> {
        self.transaction.query_typed(text, values).await
    }

    /// The names of the columns of a question without parameters.
    pub(super) async fn columns(&mut self, text: &str) -> Result<Vec<String>, Error> {
        // This protocol takes several statements at once, so another one looks first.
        self.ask(&format!("explain {text}"), &[]).await?;
        let answer = self.transaction.simple_query(text).await?;
        let described = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::RowDescription(columns) => Some(columns),
            _ => None,
        });
        let name = |column: &tokio_postgres::SimpleColumn| column.name().to_owned();
        Ok(described.map(|columns| columns.iter().map(name).collect()).unwrap_or_default())
    }
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

    /// The row of a [measured](Selection::measured_sql) question.
    pub(super) fn read(&self, row: &PgRow) -> Result<Row, Error> {
        let key = self.key(row)?;
        let bytes = row.try_get::<_, i64>(self.key.len())?.unsigned_abs();
        if bytes > self.largest_bytes {
            return Ok(Row { key: key_of(&key), content: Err(bytes) });
        }
        let mut content = RowContent::default();
        for (at, type_name) in (self.key.len() + 1..).zip(&self.columns) {
            match row.try_get(at)? {
                Some(Raw(text)) => {
                    let (kind, form) = form::form(type_name, text);
                    content.push(kind, &form);
                }
                None => content.push(Kind::Null, &[]),
            }
        }
        Ok(Row { key: key_of(&key), content: Ok(content) })
    }
}
