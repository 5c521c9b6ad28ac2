//! Who may write a store: an operating-system lock, and a lease row with an epoch.
//!
//! A free lock means that its holder is dead, and its lease void at once. A held lock with
//! an expired lease means a stopped process: it is taken over, and when it wakes it finds
//! another epoch inside its next transaction and writes nothing. Who took over has the lease
//! alone until that process is gone, and says so in the row: then a free lock means nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;

use super::{StoreError, open};
use crate::failpoint::sabotaged;

/// How long a lease holds without being renewed.
pub const LEASE_MS: i64 = 30_000;

/// How often it is renewed: five renewals may fail before anybody takes over.
pub const LEASE_RENEWAL: Duration = Duration::from_secs(5);

/// The process that may write a store now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// The program and its process, as it described itself.
    pub name: String,
    /// Since when, in Unix milliseconds.
    pub taken_at_ms: i64,
    /// Until when without a renewal, in Unix milliseconds. A holder beyond it does not run.
    pub expires_at_ms: i64,
}

/// The right to write.
#[derive(Debug)]
pub(super) struct Lease {
    /// Checked inside each write transaction.
    pub(super) epoch: i64,
    lock: File,
    locked: bool,
}

impl Lease {
    /// Takes the lock, before the database is opened to write. Does not wait.
    ///
    /// Returns it unlocked, if somebody holds it: then only [`Lease::take`] can tell
    /// whether that somebody is still alive.
    pub(super) fn lock(path: &Path) -> Result<Self, StoreError> {
        let lock_path = lock_path(path);
        let not_writable = |reason: String| StoreError::NotWritable { path: path.into(), reason };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options
            .open(&lock_path)
            .map_err(|e| not_writable(format!("{}: {e}", lock_path.display())))?;
        let locked = match lock.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(e)) => return Err(not_writable(e.to_string())),
        };
        Ok(Self { epoch: 0, lock, locked })
    }

    /// Whether the lock is ours.
    pub(super) fn is_locked(&self) -> bool {
        self.locked
    }

    /// Starts a new epoch, over an expired lease or with the lock that its holder had.
    pub(super) fn take(
        &mut self,
        connection: &mut Connection,
        path: &Path,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Held { holder, expires_at_ms, is_locked } = read(&transaction)?;
        let is_void = self.locked && is_locked;
        if !is_void && expires_at_ms > now_ms {
            return Err(StoreError::Locked { path: path.to_owned(), holder });
        }
        let ours =
            format!("driftless {}, process {}", env!("CARGO_PKG_VERSION"), std::process::id());
        self.epoch = transaction.query_row(
            sql!("lease_take"),
            rusqlite::named_params! {
                ":holder": ours, ":now_ms": now_ms, ":expires_at_ms": now_ms + LEASE_MS,
                ":is_locked": self.locked,
            },
            |row| row.get(0),
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Prolongs the lease; takes the lock too, where a stopped process had it and died.
    pub(super) fn renew(&mut self, connection: &Connection, now_ms: i64) -> Result<(), StoreError> {
        self.locked = self.locked || self.lock.try_lock().is_ok();
        if self.prolong(connection, now_ms + LEASE_MS)? { Ok(()) } else { self.check(connection) }
    }

    /// Gives a lease back that is still ours, for whoever finds the lock held by another.
    pub(super) fn release(&self, connection: &Connection) -> Result<(), StoreError> {
        self.prolong(connection, 0).map(drop)
    }

    /// Lets the lease end at another time; false if it is no longer ours.
    fn prolong(&self, connection: &Connection, expires_at_ms: i64) -> Result<bool, StoreError> {
        let changed =
            connection.prepare_cached(sql!("lease_renew"))?.execute(rusqlite::named_params! {
                ":epoch": self.epoch, ":expires_at_ms": expires_at_ms, ":is_locked": self.locked,
            })?;
        Ok(changed == 1)
    }

    /// Fails unless the store's epoch is ours; called inside each write transaction.
    pub(super) fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        let found: i64 =
            connection.prepare_cached(sql!("lease_epoch"))?.query_row([], |row| row.get(0))?;
        if found == self.epoch || sabotaged!("sabotage::no_epoch") {
            return Ok(());
        }
        Err(StoreError::LeaseLost { ours: self.epoch, found })
    }
}

/// Fails if the lease holds, by a look that blocks nobody and waits for nobody.
pub(super) fn require_expired(path: &Path, now_ms: i64) -> Result<(), StoreError> {
    let locked = |holder| StoreError::Locked { path: path.to_owned(), holder };
    let connection = match open::read_connection(path) {
        Err(StoreError::Missing { .. } | StoreError::NotAStore { .. } | StoreError::Busy) => {
            return Err(locked("a process that is making it".to_owned()));
        }
        opened => opened?,
    };
    let Held { holder, expires_at_ms, .. } = read(&connection)?;
    if expires_at_ms > now_ms { Err(locked(holder)) } else { Ok(()) }
}

/// Who holds the lease, by a look that blocks nobody.
pub(super) fn holder(connection: &Connection) -> Result<String, StoreError> {
    Ok(read(connection)?.holder)
}

/// The row of the lease.
struct Held {
    holder: String,
    expires_at_ms: i64,
    is_locked: bool,
}

fn read(connection: &Connection) -> Result<Held, StoreError> {
    Ok(connection.query_row(sql!("lease_read"), [], |row| {
        Ok(Held {
            holder: row.get("holder")?,
            expires_at_ms: row.get("expires_at_ms")?,
            is_locked: row.get("is_locked")?,
        })
    })?)
}

/// Who writes the store at `path`; none if nobody has it open to write.
pub(super) fn present_holder(
    connection: &Connection,
    path: &Path,
) -> Result<Option<Holder>, StoreError> {
    // A lock that two may share is refused only while somebody holds it alone. It is let go at
    // the end of this line, so that a writer that starts meanwhile is hardly ever refused.
    let is_held = File::open(lock_path(path))
        .is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)));
    if !is_held {
        return Ok(None);
    }
    Ok(Some(connection.query_row(sql!("lease_read"), [], |row| {
        Ok(Holder {
            name: row.get("holder")?,
            taken_at_ms: row.get("taken_at_ms")?,
            expires_at_ms: row.get("expires_at_ms")?,
        })
    })?))
}

/// One lock for one store, by whichever link it is opened.
fn lock_path(store: &Path) -> PathBuf {
    let store = store.canonicalize().unwrap_or_else(|_| store.to_owned());
    let mut name = store.into_os_string();
    name.push(".lock");
    name.into()
}
