//! A PostgreSQL database of somebody else's: read only, a page at a time.
//!
//! Questions, connections, forms and the catalog have files of their own; here is how a
//! database of rows is made of them. Environment variables and files of passwords are read
//! by whoever makes the settings.

mod address;
mod catalog;
mod form;
mod meaning;
mod options;
mod session;
mod tls;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use secrecy::SecretString;
use tokio_postgres::Error;

pub use address::PostgresSettings;

use self::address::Address;
use self::form::Raw;
use self::meaning::{is_unfit, meaning};
use self::session::{NoSession, Session, Shape, Way};
use self::tls::Tls;
use super::rows::{
    Column, Database, Dialect, Flaw, KeyColumn, Measuring, Range, Row, Rows, Selection, Sql, Table,
};
use super::{Answer, SourceError};
use crate::entity::{Entity, Relation};
use crate::row::Value;

/// What a count may cost by the planner's reckoning: some 80 MB read one after the other, a
/// few tenths of a second. Above, the planner's estimate will do.
const COUNT_COST: f64 = 10_000.0;

/// A PostgreSQL database that rows are read from.
pub struct Postgres {
    settings: PostgresSettings,
    /// How it is called in messages.
    name: String,
    way: Way,
    tls: Tls,
    /// Connections that nobody uses right now: no more than were ever used at once.
    idle: Mutex<Vec<Session>>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Postgres {
    /// A database that is connected to when it is first asked.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if the settings make no sense, or name certificates that
    /// cannot be read.
    pub fn new(
        settings: PostgresSettings,
        password: Option<SecretString>,
    ) -> Result<Arc<Self>, SourceError> {
        let (address, own) = Address::parse(&settings.url)?;
        let roots = address.get("sslrootcert").map(Path::new);
        let tls = Tls::of(address.get("sslmode"), roots)
            .map_err(|reason| SourceError::Settings { setting: "url".to_owned(), reason })?;
        let way = session::way(&address, password.or(own).as_ref(), &tls)?;
        let (name, idle) = (address.name(), Mutex::default());
        let settings = PostgresSettings { url: address.url() };
        Ok(Arc::new(Self { settings, name, way, tls, idle }))
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

    /// A connection, for one question.
    async fn session(&self) -> Result<Session, SourceError> {
        let known = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(session) = known() {
            if !session.is_closed() {
                return Ok(session);
            }
        }
        let opened = Session::open(&self.way, &self.tls).await;
        opened.map_err(|why| match why {
            NoSession::Refused(error) => meaning(&self.name, "url", &error),
            NoSession::NoStandby => SourceError::Failed {
                name: self.name.clone(),
                reason: "target_session_attrs asks for a standby, and none of its servers is one"
                    .to_owned(),
            },
        })
    }

    /// The answer to a question; its connection is kept if nothing went wrong.
    fn answered<T>(
        &self,
        session: Session,
        setting: &str,
        answer: Result<T, Error>,
    ) -> Result<T, SourceError> {
        let answer = answer.map_err(|error| meaning(&self.name, setting, &error))?;
        // Whoever panicked with the lock only moved a connection in or out.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        Ok(answer)
    }
}

/// Handed to work in other tasks.
#[derive(Clone)]
struct Shared(Arc<Postgres>);

impl Database for Shared {
    fn description(&self) -> (&'static str, serde_json::Value) {
        ("postgres", serde_json::json!(self.0.settings))
    }

    fn tables(&self) -> Answer<'_, Result<Vec<Table>, SourceError>> {
        Box::pin(async move {
            let mut session = self.0.session().await?;
            let answer = tables(&mut session).await;
            self.0.answered(session, "tables", answer)
        })
    }

    fn table<'a>(&'a self, relation: &'a Relation) -> Answer<'a, Result<Table, SourceError>> {
        Box::pin(async move {
            let mut session = self.0.session().await?;
            let (setting, answer) = match relation {
                Relation::Table(name) => ("table", table(&mut session, name).await),
                Relation::Query(text) => ("query", query(&mut session, text).await.map(Ok)),
            };
            let found = self.0.answered(session, setting, answer)?;
            found.map_err(|there| SourceError::Settings {
                setting: setting.to_owned(),
                reason: format!("{} has no such table; there are: {there}", self.0.name),
            })
        })
    }

    fn last_key(&self, of: Arc<Selection>) -> Answer<'_, Result<Option<Vec<Value>>, SourceError>> {
        Box::pin(async move {
            let sql = of.last_key_sql(&Words);
            let mut session = self.0.session().await?;
            let answer = keys(&mut session, &sql, &Shape::of(&of)).await;
            let keys = self.0.answered(session, &setting(&of), answer)?;
            Ok(keys.into_iter().next())
        })
    }

    fn steps(
        &self,
        of: Arc<Selection>,
        range: Range,
    ) -> Answer<'_, Result<Vec<Vec<Value>>, SourceError>> {
        Box::pin(async move {
            let sql = of.steps_sql(&range, &Words);
            let mut session = self.0.session().await?;
            let answer = keys(&mut session, &sql, &Shape::of(&of)).await;
            self.0.answered(session, &setting(&of), answer)
        })
    }

    fn check(&self, of: Arc<Selection>) -> Answer<'_, Result<(), SourceError>> {
        Box::pin(async move {
            let mut session = self.0.session().await?;
            let answer = has_rows(&mut session, &of.check_sql(&Words)).await;
            self.0.answered(session, &setting(&of), answer).map(|_| ())
        })
    }

    fn has_flaw(&self, of: Arc<Selection>, flaw: Flaw) -> Answer<'_, Result<bool, SourceError>> {
        Box::pin(async move {
            let mut session = self.0.session().await?;
            let answer = has_rows(&mut session, &of.flaw_sql(flaw, &Words)).await;
            self.0.answered(session, &setting(&of), answer)
        })
    }

    fn page(&self, of: Arc<Selection>, range: Range) -> Answer<'_, Result<Vec<Row>, SourceError>> {
        Box::pin(async move {
            let mut session = self.0.session().await?;
            let answer = page(&mut session, &of, &range).await;
            self.0.answered(session, &setting(&of), answer)
        })
    }

    fn rows(
        &self,
        of: Arc<Selection>,
        keys: Vec<Vec<Value>>,
    ) -> Answer<'_, Result<Vec<Option<Row>>, SourceError>> {
        Box::pin(async move {
            let mut session = self.0.session().await?;
            let answer = rows(&mut session, &of, &keys).await;
            self.0.answered(session, &setting(&of), answer)
        })
    }

    fn count(&self, of: Arc<Selection>) -> Answer<'_, Option<u64>> {
        Box::pin(async move {
            let mut session = self.0.session().await.ok()?;
            let answer = count(&mut session, &of).await;
            let counted = self.0.answered(session, &setting(&of), answer);
            if let Err(error) = &counted {
                tracing::debug!(%error, "the rows were not counted");
            }
            counted.ok().flatten()
        })
    }
}

/// What a mistake in a question of this selection is about.
fn setting(of: &Selection) -> String {
    format!("entities.{}", of.entity)
}

async fn tables(session: &mut Session) -> Result<Vec<Table>, Error> {
    let mut reading = session.read().await?;
    let tables = catalog::tables(&mut reading).await?;
    reading.end().await?;
    Ok(tables)
}

async fn table(session: &mut Session, name: &str) -> Result<Result<Table, String>, Error> {
    let mut reading = session.read().await?;
    let table = catalog::table(&mut reading, name).await?;
    reading.end().await?;
    Ok(table)
}

async fn query(session: &mut Session, text: &str) -> Result<Table, Error> {
    let mut reading = session.read().await?;
    let table = catalog::query(&mut reading, text).await?;
    reading.end().await?;
    Ok(table)
}

async fn keys(session: &mut Session, sql: &Sql, shape: &Shape) -> Result<Vec<Vec<Value>>, Error> {
    let mut reading = session.read().await?;
    let rows = reading.select(sql).await?;
    reading.end().await?;
    rows.iter().map(|row| shape.key(row)).collect()
}

async fn has_rows(session: &mut Session, sql: &Sql) -> Result<bool, Error> {
    let mut reading = session.read().await?;
    let rows = reading.select(sql).await?;
    reading.end().await?;
    Ok(!rows.is_empty())
}

async fn page(session: &mut Session, of: &Selection, range: &Range) -> Result<Vec<Row>, Error> {
    let shape = Shape::of(of);
    let mut reading = session.read().await?;
    let rows = reading.select(&of.page_measured_sql(range, &Words)).await?;
    reading.end().await?;
    rows.iter().map(|row| shape.read(row)).collect()
}

async fn rows(
    session: &mut Session,
    of: &Selection,
    keys: &[Vec<Value>],
) -> Result<Vec<Option<Row>>, Error> {
    let shape = Shape::of(of);
    let mut found = Vec::with_capacity(keys.len());
    let mut reading = session.read().await?;
    for key in keys {
        match reading.select(&of.row_measured_sql(key, &Words)).await {
            Ok(rows) => found.push(rows.first().map(|row| shape.read(row)).transpose()?),
            Err(error) if is_unfit(&error) => {
                reading.end().await?;
                // A condition may have failed on a row that is there: that proves nothing.
                if can_be_key(session, of, key).await? {
                    return Err(error);
                }
                found.push(None);
                reading = session.read().await?;
            }
            Err(error) => return Err(error),
        }
    }
    reading.end().await?;
    Ok(found)
}

/// Whether these values can be of the types that the key has.
async fn can_be_key(session: &mut Session, of: &Selection, key: &[Value]) -> Result<bool, Error> {
    // Asked in a type that every server has, see `Reading::select`.
    let parameter = |(at, column): (usize, &KeyColumn)| {
        format!("{} is null", Words.parameter(at + 1, &column.type_name))
    };
    let parameters: Vec<_> = of.key.iter().enumerate().map(parameter).collect();
    let text = format!("select {}", parameters.join(", "));
    let mut reading = session.read().await?;
    let cast = reading.select(&Sql { text, values: key.to_vec() }).await;
    reading.end().await?;
    match cast {
        Ok(_) => Ok(true),
        Err(error) if is_unfit(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn count(session: &mut Session, of: &Selection) -> Result<Option<u64>, Error> {
    let mut reading = session.read().await?;
    let all = of.all_sql(&Words);
    let explain = Sql { text: format!("explain (format json) {}", all.text), values: all.values };
    let plans = reading.select(&explain).await?;
    let plan: Option<Raw<'_>> = plans.first().map(|row| row.try_get(0)).transpose()?;
    let plan = plan.and_then(|Raw(text)| serde_json::from_slice::<serde_json::Value>(text).ok());
    let said = |what: &str| plan.as_ref()?[0]["Plan"][what].as_f64();
    let mut rows = said("Plan Rows").map(|rows| rows as u64);
    if said("Total Cost").is_some_and(|cost| cost <= COUNT_COST) {
        let counted = reading.select(&of.count_sql(&Words)).await?;
        let counted: Option<i64> = counted.first().map(|row| row.try_get(0)).transpose()?;
        rows = counted.map(i64::unsigned_abs);
    }
    reading.end().await?;
    Ok(rows)
}

/// PostgreSQL's dialect.
struct Words;

impl Dialect for Words {
    fn parameter(&self, number: usize, type_name: &str) -> String {
        format!("${number}::text::{type_name}")
    }

    fn value(&self, sql: &str, column: Option<&Column>) -> String {
        // A key's column is no array. Under its own name it would be what `order by` means, and
        // numbers would be in the order of their digits.
        let type_name = column.map_or("", |column| &column.type_name);
        format!("{} as \"value as text\"", form::as_text(sql, type_name))
    }

    fn collation(&self, column: &KeyColumn) -> String {
        column.collation.as_ref().map_or(String::new(), |name| format!(" collate {name}"))
    }
}

impl Measuring for Words {
    fn text(&self, value: &str, type_name: &str) -> String {
        form::as_text(value, type_name)
    }

    fn length(&self, value: &str, type_name: &str) -> Option<String> {
        form::length(value, type_name)
    }
}
