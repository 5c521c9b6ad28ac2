//! Why a job did not run, and what to do about it.

use serde::Serialize;

use crate::legacy::LegacyError;
use crate::pipeline::ScanError;
use crate::source::SourceError;
use crate::store::StoreError;

/// A job could not run, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The scan of the source.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// A part of the engine could not start or died.
    #[error("the engine failed: {0}")]
    Engine(String),
    /// Nothing can be written any more.
    #[error("{message}")]
    Stopped {
        /// The stable word for what happened.
        code: &'static str,
        /// What happened.
        message: String,
    },
    /// Told to end at once; the job's rows stand as a dead process leaves them.
    #[error("the job was abandoned on request")]
    Abandoned,
    /// An old database cannot be taken over.
    #[error(transparent)]
    Legacy(#[from] LegacyError),
    /// An import lost something on the way, and was not committed.
    #[error("the import does not add up: {0}")]
    Unaccounted(String),
    /// More would be deleted than the guard lets go unasked.
    #[error("{name} has {items} items, which are not deleted unasked")]
    Unapproved {
        /// The source.
        name: String,
        /// Its items.
        items: u64,
    },
    /// There is nothing in the store by this name.
    #[error("{0}")]
    Unknown(String),
}

/// Who has to act, which is also the exit code of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It failed; what was done before is kept.
    Failed,
    /// It was refused, and nothing was done.
    Refused,
}

impl EngineError {
    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) | Self::Scan(ScanError::Store(error)) => error.code(),
            Self::Source(error) | Self::Scan(ScanError::Source(error)) => error.code(),
            Self::Scan(ScanError::Disorder { .. }) => "source_disorder",
            Self::Scan(ScanError::Died(_)) | Self::Engine(_) => "engine_died",
            Self::Stopped { code, .. } => code,
            Self::Abandoned => "abandoned",
            Self::Legacy(error) => error.code(),
            Self::Unaccounted(_) => "import_unaccounted",
            Self::Unknown(_) => "unknown_name",
            Self::Unapproved { .. } => "deletions_withheld",
        }
    }

    /// Who has to act.
    pub fn severity(&self) -> Severity {
        match self.code() {
            "locked" | "illegal_state" | "not_a_store" | "schema_too_old" | "schema_too_new"
            | "migration_changed" | "unknown_name" | "deletions_withheld" | "bad_setting"
            | "bad_query" | "legacy_missing" | "not_a_database" | "unknown_shape"
            | "mixed_shapes" => Severity::Refused,
            _ => Severity::Failed,
        }
    }

    /// What to do about it, for a person.
    pub fn remedy(&self) -> String {
        let of_source = match self {
            Self::Source(error) | Self::Scan(ScanError::Source(error)) => error.remedy(),
            _ => None,
        };
        of_source.unwrap_or_else(|| remedy(self.code())).to_owned()
    }
}

/// What to do about the error of this code, for a person.
pub fn remedy(code: &str) -> &'static str {
    match code {
        "locked" => "wait for the other process to end, or stop it; nothing was changed",
        "lease_lost" => "another process has gone on with the work; run again if it has ended",
        "store_busy" => "end the other program's transaction on the store, then run again",
        "disk_full" => "make room on the disk, then run again: the job goes on where it stopped",
        "disk_failed" => "look at the system's log for the disk, then run again",
        "store_not_writable" => "make the file and its folder writable, or give --store another",
        "store_not_readable" => {
            "make the file readable, or run as a user who may write its folder; nothing was changed"
        }
        "store_missing" => "run `driftless sync` first, or give --store the right file",
        "not_a_store" => "give --store another file; this one was left as it is",
        "schema_too_old" => "run `driftless sync` with this program, which brings it up to date",
        "schema_too_new" => "use the program that wrote it, or a newer one",
        "migration_changed" => "use the program that wrote it; do not change released migrations",
        "sqlite_too_old" => "build with the bundled SQLite",
        "illegal_state" => "look at `driftless status`; the job has moved on meanwhile",
        "source_gone" => "check that the directory exists and is mounted; nothing was deleted",
        "source_failed" => "check that the source can be reached, then run again",
        "source_denied" => "check what gives access to the source, and that it is right",
        "source_disorder" => "list the keys in the order of their bytes",
        "bad_setting" => "correct the setting",
        "unknown_name" => "check the spelling",
        "deletions_withheld" => "if it is meant, say --approve-deletions and their number",
        "store_damaged" => {
            "put the file aside with its -wal and -shm, then sync again: a store can be made anew \
             from its sources; `driftless check` tells what is damaged"
        }
        "bad_query" => "look for words; --syntax fts takes expressions of SQLite's FTS5",
        "legacy_missing" | "not_a_database" => "give the path of an old database of VisionFlow",
        "legacy_unreadable" => {
            "check that the file and its folder can be read; nothing was changed"
        }
        "legacy_changing" => "stop the program that writes the old database, then run again",
        "legacy_not_copied" => "make room beside the store, then run again; nothing was changed",
        "unknown_shape" | "mixed_shapes" => {
            "finish or undo the migration it is in the middle of, or report its tables; nothing \
             was changed"
        }
        "import_unaccounted" => "nothing was changed; report it with the tables of the database",
        "stopped" | "abandoned" => "run again: the job goes on where it stopped",
        _ => "run again; if it fails again, report it with the log of RUST_LOG=debug",
    }
}
