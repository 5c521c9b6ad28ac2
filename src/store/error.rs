//! What can go wrong with a store, and who can do something about it.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process writes this store.
    #[error("the store {path} is being written by {holder}")]
    Locked {
        /// The store's file.
        path: PathBuf,
        /// Who, as it described itself.
        holder: String,
    },
    /// Another process took the store over while this one was stopped; nothing of the
    /// failed transaction is visible. Open the store again.
    #[error("the store was taken over by another process (epoch {found}, ours was {ours})")]
    LeaseLost {
        /// Our epoch.
        ours: i64,
        /// The store's epoch now.
        found: i64,
    },
    /// Somebody else holds SQLite's lock; trying again may work.
    #[error("the database is busy")]
    Busy,
    /// No room for the write; what was committed before is safe.
    #[error("the disk is full")]
    Full,
    /// The disk failed a read or a write; trying again may work.
    #[error("the disk failed: {0}")]
    Disk(#[source] rusqlite::Error),
    /// The file or its folder does not allow writing.
    #[error("the store {path} cannot be written: {reason}")]
    NotWritable {
        /// The store's file.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// The file or its log does not allow reading.
    #[error("the store {path} cannot be read: {reason}")]
    NotReadable {
        /// The store's file.
        path: PathBuf,
        /// What keeps it from being read.
        reason: String,
    },
    /// There is no such file.
    #[error("there is no store at {path}")]
    Missing {
        /// Where one was expected.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{path} is not a driftless store: {reason}")]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The file was written by an older build of this program; opening it to write brings it up
    /// to date.
    #[error("the store's schema version {found} is older than {supported}, which is read here")]
    SchemaTooOld {
        /// The file's version.
        found: u32,
        /// The version that is read.
        supported: u32,
    },
    /// The file was written by a newer build of this program.
    #[error("the store's schema version {found} is newer than {supported}, the newest known here")]
    SchemaTooNew {
        /// The store's.
        found: u32,
        /// This program's.
        supported: u32,
    },
    /// A migration that was applied is not the one this program has.
    #[error("migration {version} of the store differs from this program's")]
    MigrationChanged {
        /// Its number.
        version: u32,
    },
    /// The library was linked against an SQLite with a known race in its log.
    #[error("SQLite {found} is too old: 3.51.3 or newer is needed")]
    SqliteTooOld {
        /// Its version.
        found: &'static str,
    },
    /// The rows of one item break a rule of the schema; the item is at fault.
    #[error("the schema refuses the item: {0}")]
    Constraint(#[source] rusqlite::Error),
    /// A job was moved from a state that it is not in.
    #[error("job {job} is {found}, not {expected}")]
    StateChanged {
        /// The job.
        job: String,
        /// The state it was expected in.
        expected: &'static str,
        /// The state it is in.
        found: String,
    },
    /// The thread that writes is gone; the store must be opened again.
    #[error("the store's writer has stopped")]
    WriterGone,
    /// The content of the store contradicts itself.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// What is looked for cannot be.
    #[error("this cannot be searched for: {0}")]
    BadQuery(String),
    /// Anything else SQLite reports; not retried.
    #[error("sqlite failed: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// Whose fault a failed write is, and so what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultClass {
    /// The item's: reject it and go on.
    Item,
    /// The surroundings': wait, try again, then pause.
    Infrastructure,
    /// Nobody's that waiting would help: stop.
    Fatal,
}

impl StoreError {
    /// Whose fault it is.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Constraint(_) => FaultClass::Item,
            Self::Busy | Self::Full | Self::Disk(_) => FaultClass::Infrastructure,
            _ => FaultClass::Fatal,
        }
    }

    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "locked",
            Self::LeaseLost { .. } => "lease_lost",
            Self::Busy => "store_busy",
            Self::Full => "disk_full",
            Self::Disk(_) => "disk_failed",
            Self::NotWritable { .. } => "store_not_writable",
            Self::NotReadable { .. } => "store_not_readable",
            Self::Missing { .. } => "store_missing",
            Self::NotAStore { .. } => "not_a_store",
            Self::SchemaTooOld { .. } => "schema_too_old",
            Self::SchemaTooNew { .. } => "schema_too_new",
            Self::MigrationChanged { .. } => "migration_changed",
            Self::SqliteTooOld { .. } => "sqlite_too_old",
            Self::Constraint(_) => "constraint",
            Self::StateChanged { .. } => "illegal_state",
            Self::WriterGone => "writer_gone",
            Self::Damaged(_) => "store_damaged",
            Self::BadQuery(_) => "bad_query",
            Self::Sqlite(_) => "sqlite_failed",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Disk(error),
            Some(ErrorCode::ConstraintViolation | ErrorCode::TooBig) => Self::Constraint(error),
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}
