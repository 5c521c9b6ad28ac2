//! `driftless discover`: the tables of a database, and the entities that they could be.

use std::path::{Path, PathBuf, absolute};

use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::nearest::nearest;
use super::origin::{self, Configured};
use super::output::{Cell, Output, Sheet, Tone};
use crate::config::{DatabaseSettings, Secrets, Suggestion, Suggestions};
use crate::entity::Relation;
use crate::source::rows::{Column, Table, TableKey, TableKind};
use crate::source::sqlite::SqliteSettings;

/// Shows the tables of a database, and what of them could be found.
///
/// The database is only read. What is suggested is a beginning: names of columns and their types
/// are all that is looked at.
#[derive(Debug, Args)]
pub(super) struct Discover {
    /// A database: its name in driftless.yaml, the path of an SQLite file, or
    /// postgres://USER@HOST/DATABASE, best with the password in PGPASSWORD.
    source: PathBuf,
    /// One table or view, with its columns.
    table: Option<String>,
    /// Print the suggested entities as they stand in driftless.yaml.
    #[arg(long)]
    yaml: bool,
}

/// A database, and how it is called.
struct Found {
    name: String,
    database: DatabaseSettings,
    secrets: Secrets,
    is_configured: bool,
}

/// A table with what could become of it.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    table: Table,
    /// The entity that the configuration declares it as.
    declared_as: Option<String>,
    suggestion: Suggestion,
}

impl Discover {
    pub(super) async fn run(
        self,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let found = self.find(configured)?;
        let tables = found.database.tables(&found.secrets).await?;
        let mut shown = shown(&found, tables, configured);
        if let Some(wanted) = &self.table {
            shown = vec![one(wanted, shown, &found)?];
        }
        let yaml = yaml(&found, &shown, self.table.is_some());
        if self.yaml && !output.is_json() {
            output.print(&yaml)?;
            return Ok(Exit::Clean);
        }
        let answer = serde_json::json!({
            "source": found.name,
            "kind": found.database.kind(),
            "tables": shown,
            "yaml": yaml,
        });
        let source = if found.is_configured || found.database.kind() == "sqlite" {
            self.source.to_string_lossy().into_owned()
        } else {
            // What was written may hold a password.
            "postgres://..".to_owned()
        };
        output.show(&answer, |sheet| match (&self.table, shown.as_slice()) {
            (Some(_), [table]) => draw_one(sheet, table, &yaml),
            _ => draw_all(sheet, &shown, &source),
        })?;
        Ok(Exit::Clean)
    }

    /// The database that is meant.
    fn find(&self, configured: &Configured) -> Result<Found, Failure> {
        let name = self.source.to_string_lossy().into_owned();
        if let Some((database, secrets)) = configured.database(&name)? {
            return Ok(Found { name, database, secrets, is_configured: true });
        }
        #[cfg(feature = "postgres")]
        if is_connection(&name) {
            let (database, secrets) = DatabaseSettings::postgres(&name)?;
            let name = "database".to_owned();
            return Ok(Found { name, database, secrets, is_configured: false });
        }
        origin::require_no_connection(&self.source)?;
        if configured.file.names().any(|known| known == name) {
            let message = format!("{name} has files, and tables are of databases");
            return Err(Failure::refused("bad_source", message, "name a database"));
        }
        if !self.source.exists() {
            let known = configured.file.names().filter(|name| {
                // One that cannot be read is told of when it is asked for by its name.
                !matches!(configured.file.database(name), Ok(None))
            });
            let known: Vec<_> = known.collect();
            let remedy = if known.is_empty() {
                "give the path of an SQLite file, or describe a database in driftless.yaml"
                    .to_owned()
            } else {
                format!("the databases of the configuration are: {}", known.join(", "))
            };
            let message = format!("{name} is neither a database of the configuration nor a file");
            return Err(Failure::unknown(message, remedy));
        }
        let path = absolute(&self.source).map_err(|e| Failure::system("no present folder", &e))?;
        let name = source_name(&path);
        let database = DatabaseSettings::Sqlite(SqliteSettings { path });
        Ok(Found { name, database, secrets: Secrets::default(), is_configured: false })
    }
}

/// Whether a word is a connection string of PostgreSQL: a URL, or words with a host or a database.
#[cfg(feature = "postgres")]
fn is_connection(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let schemes = ["postgres://", "postgresql://", "postgres+", "postgresql+"];
    let is_url = lower.contains("://") && schemes.iter().any(|scheme| lower.starts_with(scheme));
    is_url || ["host=", "dbname=", "service="].iter().any(|part| lower.contains(part))
}

/// What a source of this file could be called.
fn source_name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_known = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let name: String = stem.chars().map(|c| if is_known(c) { c } else { '_' }).collect();
    if name.is_empty() { "database".to_owned() } else { name }
}

fn shown(found: &Found, tables: Vec<Table>, configured: &Configured) -> Vec<Shown> {
    let file = &configured.file;
    let mut taken: Vec<&str> = file.names().chain(file.entities()).collect();
    taken.push(&found.name);
    let suggestions = Suggestions::of(&tables, &taken);
    let of_source = || file.entities_of(&found.name).filter(|_| found.is_configured);
    let declared_as = |table: &Table| {
        // An entity that cannot be read is told of when it is asked for by its name.
        let mut declared = of_source().filter_map(|name| file.entity(name).ok().flatten());
        let is_meant = |relation: &Relation| {
            matches!(relation, Relation::Table(name)
            if bare(name) == bare(&table.name))
        };
        declared.find(|it| is_meant(&it.entity.relation)).map(|it| it.entity.name)
    };
    let with_all = |(table, suggestion)| {
        let declared_as = declared_as(&table);
        Shown { table, declared_as, suggestion }
    };
    tables.into_iter().zip(suggestions.all).map(with_all).collect()
}

/// A table's name without the schema that need not be said.
fn bare(table: &str) -> &str {
    table.strip_prefix("main.").or_else(|| table.strip_prefix("public.")).unwrap_or(table)
}

/// The table that is asked for.
fn one(wanted: &str, shown: Vec<Shown>, found: &Found) -> Result<Shown, Failure> {
    let names: Vec<String> = shown.iter().map(|it| it.table.name.clone()).collect();
    let mut named = shown.into_iter().filter(|it| bare(&it.table.name) == bare(wanted));
    named.next().ok_or_else(|| {
        let near = nearest(wanted, names.iter().cloned());
        let there = if near.is_empty() { &names } else { &near };
        let message = format!("{} has no table or view {wanted}", found.name);
        Failure::unknown(message, format!("there are: {}", there.join(", ")))
    })
}

/// The suggestions as lines of the configuration, without what is declared already, unless that
/// is what is asked for.
fn yaml(found: &Found, shown: &[Shown], is_asked_for: bool) -> String {
    let suggestion = |it: &Shown| match &it.declared_as {
        Some(entity) if !is_asked_for => Suggestion {
            table: it.table.name.clone(),
            entity: None,
            obstacles: Vec::new(),
            notes: vec![format!("declared as {entity}")],
        },
        _ => it.suggestion.clone(),
    };
    let all = Suggestions { all: shown.iter().map(suggestion).collect() };
    all.yaml(&found.name, (!found.is_configured).then_some(&found.database))
}

fn draw_all(sheet: &mut Sheet, shown: &[Shown], source: &str) {
    if shown.is_empty() {
        return sheet.line("no tables and no views");
    }
    let header = ["table", "kind", "columns", "rows", "key", "entity"];
    sheet.table(
        &header,
        shown.iter().map(|it| {
            vec![
                it.table.name.as_str().into(),
                kind(it.table.kind).into(),
                (it.table.columns.len() as u64).into(),
                rows(&it.table),
                key(&it.table),
                entity(it),
            ]
        }),
    );
    let is_new = |it: &Shown| it.declared_as.is_none() && it.suggestion.entity.is_some();
    if shown.iter().any(is_new) {
        sheet.gap();
        let command = Command::new(&["discover", source, "--yaml"]);
        sheet.copyable("to declare what could be: ", &command.to_string());
    }
}

fn draw_one(sheet: &mut Sheet, shown: &Shown, yaml: &str) {
    let Shown { table, suggestion, .. } = shown;
    sheet.heading(&table.name);
    sheet.pairs([
        ("kind", kind(table.kind).into()),
        ("rows", rows(table)),
        ("key", key(table)),
        ("entity", entity(shown)),
    ]);
    sheet.heading("Columns");
    let header = ["column", "type", "may be empty"];
    sheet.table(
        &header,
        table.columns.iter().map(|column| {
            let empty = if column.is_nullable { "yes" } else { "no" };
            vec![column.name.as_str().into(), type_of(column), empty.into()]
        }),
    );
    if suggestion.entity.is_some() {
        sheet.heading("Suggestion");
        yaml.lines().for_each(|line| sheet.copyable("", line));
    }
}

fn kind(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Table => "table",
        TableKind::View => "view",
        TableKind::Query => "query",
    }
}

fn rows(table: &Table) -> Cell {
    table.rows.map_or_else(|| Cell::from("unknown").tone(Tone::Dim), Cell::from)
}

fn key(table: &Table) -> Cell {
    let names = |key: &TableKey| {
        key.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(", ")
    };
    table.keys.first().map_or_else(|| Cell::from("none").tone(Tone::Warn), |it| names(it).into())
}

fn type_of(column: &Column) -> Cell {
    if column.type_name.is_empty() {
        return Cell::from("any").tone(Tone::Dim);
    }
    column.type_name.as_str().into()
}

/// What a table is declared as or could be, or what keeps it from that.
fn entity(shown: &Shown) -> Cell {
    match (&shown.declared_as, &shown.suggestion.entity) {
        (Some(name), _) => Cell::from(name.as_str()).tone(Tone::Good),
        (None, Some(entity)) => format!("could be {}", entity.name).into(),
        (None, None) => Cell::lines(&shown.suggestion.obstacles).tone(Tone::Warn),
    }
}
