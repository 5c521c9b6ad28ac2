//! The store: one SQLite file, one writer, any number of readers.
//!
//! Everything SQL of our own is here and in `sql/`. Nothing here knows a source, a parser's
//! working or an actor; time is passed in.

/// The text of a statement in `sql/`.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!("sql/", $name, ".sql"))
    };
}

mod axiom_read;
mod axioms;
mod claims;
mod counts;
mod dead_letters;
mod deletions;
mod digest;
mod documents;
mod error;
mod export;
mod filter;
mod forget;
mod hierarchy;
mod invariants;
mod item_write;
mod items;
mod jobs;
mod lease;
mod log;
mod migrate;
mod namespaces;
mod open;
mod read;
mod records;
mod removal;
mod resolution;
mod rules;
mod search;
mod set_aside;
mod statements;
mod words;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread::JoinHandle;

pub use axiom_read::{AxiomRecord, DeclarationRecord};
pub use counts::{holdings, totals};
pub use dead_letters::{DeadLetter, DeadLetterFilter, DeadLetterGroup, discard};
pub use deletions::{
    Candidate, CandidateCounts, Unseen, candidates, clear, clear_seen, counts, note, note_seen,
    note_skips, note_unseen, release, stored_items,
};
pub use documents::ensure_document_type;
pub use error::{FaultClass, StoreError};
pub use export::{ExportHead, Exported, RELATION_NAMESPACE};
pub use filter::{Comparison, Filter};
pub use forget::{forget_idle, forget_source, remove_items};
pub use invariants::violations_within;
pub use item_write::{
    ItemResult, ItemWrite, JobPlace, OntologyWrite, PageWrite, ReadOrder, RejectedVersion,
    SourceRow, Version,
};
pub use items::{Applied, Blob, ItemState, Standing, apply, apply_each, states, states_of};
pub use jobs::{
    JobRecord, MoveReason, NewJob, ResumableJob, advance, checkpoint, create, ensure_ontology,
    ensure_source, forget_unread, last_version, next_attempt, pause_left, prefixes_of, resumable,
    save_pause, save_progress, save_source_version, set_incomplete,
};
pub use lease::{Holder, LEASE_MS, LEASE_RENEWAL};
pub use open::Durability;
pub use read::Reader;
pub use records::{
    ClassDetail, ClassRecord, DiagnosticCount, DiagnosticFilter, DiagnosticRecord, Edge, Holdings,
    ItemRecord, Place, RejectedRecord, SkipCount, SourceRecord, Totals,
};
pub use removal::{Emptied, delete, empty};
pub use rules::{Finding, FindingLevel, Levels, RULES, Rule};
pub use search::{Hit, SEARCH_LIMIT, SearchQuery, SearchSyntax, SnippetPart};
pub use words::register as register_search_words;
pub use writer::{Ending, WriteTransaction, Writer};

use crate::failpoint::failpoint;
use log::LogThread;
use writer::WriteThread;

/// A store open for writing. While it is open no other process writes.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    writer: Writer,
    thread: Mutex<Option<JoinHandle<()>>>,
    epoch: i64,
}

impl Store {
    /// Opens the store at `path`, or makes it; brings its schema up to date and marks jobs
    /// whose process died as interrupted. `now_ms` is Unix time in milliseconds.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] at once if another process writes it; [`StoreError::NotAStore`],
    /// [`StoreError::SchemaTooNew`], [`StoreError::NotWritable`] if the file cannot be used.
    pub fn open(path: &Path, durability: Durability, now_ms: i64) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            open::private_folders(folder).map_err(|e| StoreError::NotWritable {
                path: path.to_owned(),
                reason: e.to_string(),
            })?;
        }
        open::require_no_folder(path)?;
        let mut lease = lease::Lease::lock(path)?;
        if !lease.is_locked() {
            // Somebody has it: look before touching anything, for that somebody may be alive.
            lease::require_expired(path, now_ms)?;
        }
        let locked = |holder| StoreError::Locked { path: path.to_owned(), holder };
        let mut connection = match open::write_connection(path, durability, now_ms) {
            Err(StoreError::Busy) if !lease.is_locked() => {
                return Err(locked(lease::holder(&open::read_connection(path)?)?));
            }
            opened => opened?,
        };
        lease.take(&mut connection, path, now_ms)?;
        failpoint!("store::leased");
        let epoch = lease.epoch;
        let transaction = connection.transaction()?;
        jobs::mark_interrupted(&transaction, now_ms)?;
        failpoint!("store::recovered");
        transaction.commit()?;
        let path = path.to_owned();
        let (own, log, is_closed) = (path.clone(), LogThread::spawn(&path)?, false);
        let thread = WriteThread { log, connection, lease, path: own, durability, is_closed };
        let (writer, thread) = Writer::spawn(thread)?;
        Ok(Self { path, writer, thread: Mutex::new(Some(thread)), epoch })
    }

    /// Ends the writer and lets the lock go, once this returns.
    pub async fn close(&self) {
        self.writer.close().await;
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            // A thread that panicked has let go of everything as well.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// The connection that writes.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Opens a connection that reads.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.path)
    }

    /// Where the store lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The epoch of the lease under which this store was opened.
    pub fn epoch(&self) -> i64 {
        self.epoch
    }

    /// What of the store breaks a rule, as lines for a person; empty if nothing does.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub async fn violations(&self) -> Result<Vec<String>, StoreError> {
        self.writer.look(invariants::violations).await
    }
}
