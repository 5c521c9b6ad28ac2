//! The log's way into the file: a thread that copies it, so that the writer need not.
//!
//! SQLite calls this a checkpoint; here that word is a job's. Copying waits for the disk, and
//! who commits next would wait with it. Under steady writing the log never stands copied whole,
//! and is never begun anew, until the writer itself copies what is left.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::{StoreError, open};

/// Transactions after which the log is copied: few, so that the writer finds little left; not
/// one, so that pages which neighbouring items share are copied once, and a store that is
/// written now and then does not wait for its disk all the time.
const TRANSACTIONS: u32 = 32;

/// The thread that copies; ended and waited for when this is dropped.
#[derive(Debug)]
pub(super) struct LogThread {
    /// Transactions since the thread was last told.
    transactions: u32,
    /// Absent once the thread is to end; so is the next.
    grown: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl LogThread {
    /// Starts the thread; it opens the store when there is something to copy.
    pub(super) fn spawn(path: &Path) -> Result<Self, StoreError> {
        // That the log has grown need be said but once.
        let (grown, has_grown) = sync_channel(1);
        let path = path.to_owned();
        let thread = thread::Builder::new()
            .name("driftless-log".to_owned())
            .spawn(move || copy_while_it_grows(path, &has_grown))
            .map_err(|_| StoreError::WriterGone)?;
        Ok(Self { transactions: 0, grown: Some(grown), thread: Some(thread) })
    }

    /// Notes a transaction. Waits for nothing.
    pub(super) fn note(&mut self) {
        self.transactions += 1;
        if self.transactions >= TRANSACTIONS
            && let Some(grown) = &self.grown
        {
            self.transactions = 0;
            // Full: the thread knows. Gone: the writer copies by itself when the log is long.
            let _ = grown.try_send(());
        }
    }
}

impl Drop for LogThread {
    fn drop(&mut self) {
        self.grown = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has let go of its connection as well.
            let _ = thread.join();
        }
    }
}

fn copy_while_it_grows(path: PathBuf, has_grown: &Receiver<()>) {
    let mut connection = None;
    while has_grown.recv().is_ok() {
        let opened = match connection.take() {
            Some(known) => Ok(known),
            None => open::log_connection(&path),
        };
        match opened.and_then(copied) {
            Ok(known) => connection = Some(known),
            // The writer copies too, and reports what it meets.
            Err(error) => tracing::debug!(%error, "the log was not copied"),
        }
    }
}

/// Copies what nobody holds up. A connection that failed is not used again.
fn copied(connection: Connection) -> Result<Connection, StoreError> {
    connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()))?;
    Ok(connection)
}
