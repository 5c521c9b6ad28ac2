//! The one write connection: a thread that runs transactions one after the other.
//!
//! What is written is the caller's business; here stand the transaction's beginning, the
//! check of the epoch, its end, and what happens to the connection when the disk fails.

use std::path::PathBuf;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::lease::Lease;
use super::log::LogThread;
use super::{Durability, StoreError, open};
use crate::failpoint::failpoint;
use crate::telemetry;

/// Transactions that may wait. Callers wait for their answer, so there are no more than
/// workers and a few.
const WAITING_TRANSACTIONS: usize = 64;

type Work = Box<dyn FnOnce(&mut WriteThread) + Send>;

/// How a transaction ends whose work has not failed.
#[derive(Debug)]
pub enum Ending<T> {
    /// What was written stays.
    Commit(T),
    /// Nothing of it does.
    Abort(T),
}

/// A handle to the thread that writes. Clones share it; the last one dropped ends it.
#[derive(Clone, Debug)]
pub struct Writer {
    work: mpsc::Sender<Work>,
}

/// What a write transaction works on: a connection inside `begin immediate`.
#[derive(Debug)]
pub struct WriteTransaction<'a> {
    connection: &'a Connection,
    /// The epoch of the lease under which it writes.
    pub epoch: i64,
}

impl std::ops::Deref for WriteTransaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

pub(super) struct WriteThread {
    /// Ends before the connection, which then is the last and leaves no log behind.
    pub(super) log: LogThread,
    pub(super) connection: Connection,
    pub(super) lease: Lease,
    pub(super) path: PathBuf,
    pub(super) durability: Durability,
    pub(super) is_closed: bool,
}

impl Writer {
    pub(super) fn spawn(mut thread: WriteThread) -> Result<(Self, JoinHandle<()>), StoreError> {
        let (work, mut queue) = mpsc::channel::<Work>(WAITING_TRANSACTIONS);
        let handle = thread::Builder::new()
            .name("driftless-writer".to_owned())
            .spawn(move || {
                while !thread.is_closed
                    && let Some(work) = queue.blocking_recv()
                {
                    work(&mut thread);
                }
                if let Err(error) = thread.lease.release(&thread.connection) {
                    tracing::warn!(%error, "the lease was not given back; it runs out by itself");
                }
            })
            .map_err(|_| StoreError::WriterGone)?;
        Ok((Self { work }, handle))
    }

    /// Has the thread end; what is asked of it later is answered [`StoreError::WriterGone`].
    pub(super) async fn close(&self) {
        let close = |thread: &mut WriteThread| {
            thread.is_closed = true;
            Ok(())
        };
        // A thread that is gone is closed.
        let _ = self.run(close).await;
    }

    /// Runs `work` in one immediate transaction and commits it; on any error nothing of it
    /// is visible.
    ///
    /// # Errors
    ///
    /// What `work` returns, what the commit returns, [`StoreError::LeaseLost`] if another
    /// process has taken the store over.
    pub async fn transact<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&WriteTransaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(move |thread| thread.transact(|tx| work(tx).map(Ending::Commit))).await
    }

    /// Runs `work` in one immediate transaction, and commits it if `work` says so.
    ///
    /// # Errors
    ///
    /// As [`Writer::transact`].
    pub async fn transact_or_abort<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&WriteTransaction<'_>) -> Result<Ending<T>, StoreError> + Send + 'static,
    {
        self.run(move |thread| thread.transact(work)).await
    }

    /// Runs `work` in a write transaction and drops it: nothing of it stays.
    pub(super) async fn look<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(move |thread| {
            let behavior = TransactionBehavior::Immediate;
            let transaction = thread.connection.transaction_with_behavior(behavior)?;
            work(&transaction)
        })
        .await
    }

    /// Prolongs the lease to [`LEASE_MS`](super::LEASE_MS) from `now_ms`.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseLost`] if another process has taken the store over.
    pub async fn renew_lease(&self, now_ms: i64) -> Result<(), StoreError> {
        self.run(move |thread| thread.lease.renew(&thread.connection, now_ms)).await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut WriteThread) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work: Work = Box::new(move |thread| {
            // Nobody may be waiting any more; the work is done all the same.
            let _ = reply.send(work(thread));
        });
        self.work.send(work).await.map_err(|_| StoreError::WriterGone)?;
        answer.await.map_err(|_| StoreError::WriterGone)?
    }
}

impl WriteThread {
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&WriteTransaction<'_>) -> Result<Ending<T>, StoreError>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let result = self.attempt(work);
        if let Err(StoreError::Disk(_)) = &result {
            // After a failed sync SQLite's view of the file cannot be trusted.
            if let Ok(fresh) = open::write_connection(&self.path, self.durability, 0) {
                self.connection = fresh;
            }
        }
        metrics::histogram!(telemetry::WRITE_SECONDS).record(begun.elapsed().as_secs_f64());
        result
    }

    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&WriteTransaction<'_>) -> Result<Ending<T>, StoreError>,
    ) -> Result<T, StoreError> {
        failpoint!("store::begin");
        failpoint!("store::busy", |_| Err(StoreError::Busy));
        // The statements are kept prepared, which the library's own transactions do not do.
        self.connection.prepare_cached(sql!("transaction_begin"))?.execute([])?;
        let done = self.within(work);
        if !matches!(done, Ok(Ending::Commit(_))) && !self.connection.is_autocommit() {
            // Where the disk is full SQLite has done this by itself. The first error is told.
            let _ = self.connection.execute_batch(sql!("transaction_abort"));
        }
        let done = match done? {
            Ending::Abort(done) => return Ok(done),
            Ending::Commit(done) => done,
        };
        failpoint!("store::committed");
        self.log.note();
        Ok(done)
    }

    /// Runs `work` in the transaction that has begun, and commits it if that is to be.
    fn within<T>(
        &self,
        work: impl FnOnce(&WriteTransaction<'_>) -> Result<Ending<T>, StoreError>,
    ) -> Result<Ending<T>, StoreError> {
        let connection = &self.connection;
        self.lease.check(connection)?;
        let done = work(&WriteTransaction { connection, epoch: self.lease.epoch })?;
        if matches!(done, Ending::Commit(_)) {
            failpoint!("store::commit");
            connection.prepare_cached(sql!("transaction_commit"))?.execute([])?;
        }
        Ok(done)
    }
}
