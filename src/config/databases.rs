//! Databases by their settings, of every kind: as they are asked for tables and for rows.

#[cfg(feature = "postgres")]
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Secrets;
#[cfg(feature = "postgres")]
use super::sources::variable;
use crate::entity::Entity;
use crate::source::SourceError;
#[cfg(feature = "postgres")]
use crate::source::postgres::{Postgres, PostgresSettings};
use crate::source::rows::{Rows, Table};
use crate::source::sqlite::{Sqlite, SqliteSettings};

/// The settings of a database, whatever its kind. They hold no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseSettings {
    /// An SQLite file.
    Sqlite(SqliteSettings),
    /// A database of a PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(PostgresSettings),
}

/// The rows of one entity: of which database, and what of them is found.
#[derive(Clone, Debug, PartialEq)]
pub struct RowsSettings {
    /// Where the rows are.
    pub database: DatabaseSettings,
    /// Which rows, and what of them.
    pub entity: Entity,
}

/// What a store keeps of a source of rows; its kind is kept beside it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept<D> {
    database: D,
    entity: Entity,
}

impl DatabaseSettings {
    /// The kind, as `driftless.yaml` and the store write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => "postgres",
        }
    }

    /// The rows of an entity, as a source.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if the declaration contradicts itself.
    #[cfg_attr(not(feature = "postgres"), expect(unused_variables))]
    pub fn open_rows(&self, entity: Entity, secrets: &Secrets) -> Result<Rows, SourceError> {
        match self {
            Self::Sqlite(settings) => Sqlite::new(settings.clone()).rows(entity),
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => postgres(settings, secrets)?.rows(entity),
        }
    }

    /// The tables and views, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the database cannot be read.
    #[cfg_attr(not(feature = "postgres"), expect(unused_variables))]
    pub async fn tables(&self, secrets: &Secrets) -> Result<Vec<Table>, SourceError> {
        match self {
            Self::Sqlite(settings) => Sqlite::new(settings.clone()).tables().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => postgres(settings, secrets)?.tables().await,
        }
    }

    /// The database of a connection string, what that leaves open filled in from PostgreSQL's
    /// environment variables, and the password from either.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] if it cannot be read. No message quotes it.
    #[cfg(feature = "postgres")]
    #[allow(clippy::needless_update, reason = "with other features there are other secrets")]
    pub fn postgres(url: &str) -> Result<(Self, Secrets), SourceError> {
        let (settings, stated) = PostgresSettings::parse(url)?;
        let (settings, of_environment) = settings.with_environment(variable)?;
        let secrets =
            Secrets { database_password: stated.or(of_environment), ..Secrets::default() };
        Ok((Self::Postgres(settings), secrets))
    }

    /// The secrets that the environment holds for it.
    #[allow(clippy::needless_update, reason = "with other features there are other secrets")]
    pub(super) fn secrets_of_environment(&self) -> Secrets {
        match self {
            Self::Sqlite(_) => Secrets::default(),
            #[cfg(feature = "postgres")]
            Self::Postgres(settings) => {
                let known = settings.clone().with_environment(variable);
                let database_password = known.ok().and_then(|(_, password)| password);
                Secrets { database_password, ..Secrets::default() }
            }
        }
    }
}

#[cfg(feature = "postgres")]
fn postgres(settings: &PostgresSettings, secrets: &Secrets) -> Result<Arc<Postgres>, SourceError> {
    Postgres::new(settings.clone(), secrets.database_password.clone())
}

impl RowsSettings {
    /// Reads settings back from where a store keeps them; nothing for a kind that is no
    /// database, or not one of this build.
    pub(super) fn remembered(kind: &str, settings: &str) -> Option<serde_json::Result<Self>> {
        match kind {
            "sqlite" => Some(kept(settings, DatabaseSettings::Sqlite)),
            #[cfg(feature = "postgres")]
            "postgres" => Some(kept(settings, DatabaseSettings::Postgres)),
            _ => None,
        }
    }

    /// Whether both mean the same rows, whatever is found of them.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.entity.name == other.entity.name && self.database == other.database
    }
}

fn kept<'a, D: Deserialize<'a>>(
    settings: &'a str,
    database: impl Fn(D) -> DatabaseSettings,
) -> serde_json::Result<RowsSettings> {
    let kept: Kept<D> = serde_json::from_str(settings)?;
    Ok(RowsSettings { database: database(kept.database), entity: kept.entity })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SourceSettings;
    use crate::entity::Relation;
    use crate::source::Source;

    #[test]
    fn rows_are_remembered_by_what_they_say_of_themselves() {
        let database = DatabaseSettings::Sqlite(SqliteSettings { path: "/shop.db".into() });
        let entity = Entity::new("product", Relation::Table("products".to_owned()), "name");
        let rows = database.open_rows(entity.clone(), &Secrets::default()).expect("rows");
        let said = rows.description();
        let again = SourceSettings::remembered(said.kind, &said.settings).expect("settings");
        assert_eq!(said.kind, database.kind());
        assert_eq!(again, SourceSettings::Rows(RowsSettings { database, entity }));
        assert!(SourceSettings::remembered("sqlite", "{}").is_err());
        assert!(SourceSettings::remembered("oracle", &said.settings).is_err());
    }

    #[test]
    fn rows_are_the_same_by_their_name_and_their_database() {
        let rows = |path: &str, name: &str, title: &str| {
            let database = DatabaseSettings::Sqlite(SqliteSettings { path: path.into() });
            let entity = Entity::new(name, Relation::Table("t".to_owned()), title);
            SourceSettings::Rows(RowsSettings { database, entity })
        };
        let one = rows("/a.db", "product", "name");
        assert!(one.is_same(&rows("/a.db", "product", "label")));
        assert!(!one.is_same(&rows("/b.db", "product", "name")));
        assert!(!one.is_same(&rows("/a.db", "order", "name")));
    }
}
