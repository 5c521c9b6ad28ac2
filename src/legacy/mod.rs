//! Databases of VisionFlow as they were before: recognised, read in order, and never written.
//!
//! Here rows become items and items become pages. Which of them are new, and how they are
//! stored, is the engine's business.

mod account;
mod axiom;
mod catalog;
mod file;
mod index;
mod item;
mod layout;
mod property;
mod record;
mod refusal;
mod shape;

use std::io;
use std::path::{Path, PathBuf};

pub use account::{LeftTable, TableAccount, Unrepresentable};
pub use refusal::Refusal;
pub use shape::Shape;

use crate::failpoint::failpoint;
use crate::fingerprint::{Digest, Reading};
use crate::iri::PrefixTable;
use crate::item::ItemKey;
pub(crate) use account::Accounts;
use catalog::quoted;
use file::OldFile;
pub(crate) use item::Item;
use item::{Row, Value};
use layout::{Layout, Role, Sheet};
pub(crate) use record::Record;

/// Raised whenever the same rows give other records.
const VERSION: u32 = 1;

/// An old database could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    /// There is no such file.
    #[error("there is no database at {path}")]
    Missing {
        /// Where one was expected.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path} is not an SQLite database")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The operating system does not let it be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What it said.
        error: io::Error,
    },
    /// It is of none of the known shapes.
    #[error("the database is of no known shape: {0}")]
    UnknownShape(Box<Refusal>),
    /// It has something of several shapes.
    #[error("the database is a mixture of shapes: {0}")]
    MixedShapes(Box<Refusal>),
    /// It was written each time it was copied.
    #[error("{path} is being written while it is copied")]
    Changing {
        /// The file.
        path: PathBuf,
    },
    /// There was no room for a copy of it, or no permission.
    #[error("the database could not be copied to {folder} to be read: {error}")]
    Copy {
        /// Where the copy was to lie.
        folder: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// Anything else SQLite reports of it.
    #[error("the database cannot be read: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl LegacyError {
    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "legacy_missing",
            Self::NotADatabase { .. } => "not_a_database",
            Self::Unreadable { .. } | Self::Sqlite(_) => "legacy_unreadable",
            Self::UnknownShape(_) => "unknown_shape",
            Self::MixedShapes(_) => "mixed_shapes",
            Self::Changing { .. } => "legacy_changing",
            Self::Copy { .. } => "legacy_not_copied",
        }
    }
}

/// An old database, open at one moment of it.
#[derive(Debug)]
pub(crate) struct Legacy {
    file: OldFile,
    layout: Layout,
    ontology: String,
}

impl Legacy {
    /// Opens and recognises the database at `path` and puts its rows in order. `ontology` is the
    /// scope of rows that name none. What must be copied lies in `folder` until this is dropped.
    pub(crate) fn open(path: &Path, folder: &Path, ontology: &str) -> Result<Self, LegacyError> {
        let file = OldFile::open(path, folder)?;
        failpoint!("legacy::opened");
        let layout = Layout::of(&file.connection)?;
        index::index(&file.connection, &layout, ontology)?;
        failpoint!("legacy::indexed");
        Ok(Self { file, layout, ontology: ontology.to_owned() })
    }

    pub(crate) fn shape(&self) -> Shape {
        self.layout.shape
    }

    /// Accounts in which no row has been looked at yet.
    pub(crate) fn accounts(&self) -> Accounts {
        Accounts::open(&self.layout)
    }

    /// Tables with rows that are not looked at.
    pub(crate) fn left(&self) -> Vec<LeftTable> {
        let left = self.layout.others.iter().filter(|table| table.rows > 0);
        left.map(|table| LeftTable {
            table: table.name.clone(),
            columns: table.columns.clone(),
            rows: table.rows,
        })
        .collect()
    }

    /// Columns that are read by nobody, as `table.column`: numbers that name a row to no other.
    pub(crate) fn left_columns(&self) -> Vec<String> {
        let idle = self.layout.sheets.iter().filter(|sheet| sheet.part.has_idle_id());
        let named = idle.filter_map(|sheet| {
            let id = &sheet.table.columns[*sheet.roles.get(&Role::Id)?];
            Some(format!("{}.{id}", sheet.table.name))
        });
        named.collect()
    }

    /// How items of an ontology with these prefixes are read.
    pub(crate) fn reading(&self, prefixes: &PrefixTable) -> Reading {
        let mut hasher = blake3::Hasher::new();
        hasher.update(prefixes.digest().as_bytes());
        hasher.update(Digest::of(self.ontology.as_bytes()).as_bytes());
        for sheet in &self.layout.sheets {
            hasher.update(Digest::of(sheet.table.described().as_bytes()).as_bytes());
        }
        Reading { parser_version: VERSION, configuration_version: hasher.finalize().into() }
    }

    /// Hands every item over, in the order of the bytes of their keys.
    pub(crate) fn each_item<E: From<LegacyError>>(
        &self,
        mut take: impl FnMut(Item) -> Result<(), E>,
    ) -> Result<(), E> {
        let sqlite = |error: rusqlite::Error| E::from(LegacyError::from(error));
        let order = "select key, ontology, part, row, own, other, flags from temp.entry \
            order by key, part, row";
        let mut statement = self.file.connection.prepare(order).map_err(sqlite)?;
        let mut rows = statement.query([]).map_err(sqlite)?;
        let mut item: Option<Item> = None;
        while let Some(entry) = rows.next().map_err(sqlite)? {
            let key: String = entry.get(0).map_err(sqlite)?;
            if let Some(done) = item.take_if(|item| item.key.as_str() != key) {
                take(done)?;
            }
            let row = self.row(entry).map_err(sqlite)?;
            match &mut item {
                Some(item) => item.rows.push(row),
                None => {
                    let ontology = entry.get(1).map_err(sqlite)?;
                    item = Some(Item { key: ItemKey::new(key), ontology, rows: vec![row] });
                }
            }
        }
        item.map_or(Ok(()), take)
    }

    /// What an item states; none if no row of it says anything.
    pub(crate) fn record(
        &self,
        item: &Item,
        prefixes: &PrefixTable,
        accounts: &mut Accounts,
    ) -> Option<Record> {
        record::record(&self.layout, item, prefixes, accounts)
    }

    /// Reads the row that an entry of the index stands for.
    fn row(&self, entry: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
        let (part, number): (u8, i64) = (entry.get(2)?, entry.get(3)?);
        let is_it = |sheet: &&Sheet| sheet.part as u8 == part;
        let sheet = self.layout.sheets.iter().find(is_it);
        let sheet = sheet.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let columns: Vec<_> = sheet.table.columns.iter().map(|name| quoted(name)).collect();
        let select =
            format!("select {} from {} where {} = ?1", columns.join(", "), sheet.from, sheet.rowid);
        let mut statement = self.file.connection.prepare_cached(&select)?;
        let values = statement.query_row([number], |row| Value::read(row, columns.len()))?;
        Ok(Row {
            part: sheet.part,
            number,
            own: entry.get(4)?,
            other: entry.get(5)?,
            flags: entry.get(6)?,
            values,
        })
    }
}
