//! Connections: how the file is made, recognised and set up.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};

use super::{StoreError, migrate, words};
use crate::iri::percent_encoded;

/// "drft" in ASCII: marks the file as ours in SQLite's header.
const APPLICATION_ID: i32 = 0x6472_6674;

/// The first SQLite without the race when its log is reset.
const SQLITE_FLOOR: i32 = 3_051_003;

/// How long to wait for another process's transaction before saying `busy`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Bytes of a page of a new store. An item changes some 90 pages of three dozen tables
/// and indexes, and each is written to the log whole: with half as many, 974 pages of text made
/// 102 MB of log, and with the usual 4 KiB 162 MB. With 1 KiB it was 68 MB and no faster.
const PAGE_BYTES: i32 = 2048;

/// Page cache of the write connection in KiB: the inner nodes of twenty indexes and the leaves
/// that neighbouring items share. With 8 MiB nothing was faster, not even the millionth
/// row: the operating system keeps the file too.
const WRITE_CACHE_KIB: i32 = 6 * 1024;

/// Page cache of a connection that reads, in KiB: readers walk, they do not come back.
const READ_CACHE_KIB: i32 = 256;

/// Pages of log after which the writer copies what [`log`](super::log) has left of it, so that
/// the log begins anew: 48 MiB. With a third of that it waited for the disk three times as often,
/// and 14,000 pages took an eighth and a third longer in two pairs of runs.
const CHECKPOINT_PAGES: i32 = 24 * 1024;

/// Statements kept prepared; more than there are.
const STATEMENTS: usize = 128;

/// What a commit survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// A crash of the process or its death. After a power loss the store is consistent, the
    /// last commits may be missing, and the next run makes them again.
    #[default]
    Normal,
    /// A power loss too.
    Full,
}

/// Opens or makes the file for writing. The caller holds the store's lock.
pub(super) fn write_connection(
    path: &Path,
    durability: Durability,
    now_ms: i64,
) -> Result<Connection, StoreError> {
    require_sqlite(rusqlite::version_number())?;
    make_private(path)?;
    let mut connection = connect(path)?;
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        let reason = "it opens for reading only".to_owned();
        return Err(StoreError::NotWritable { path: path.to_owned(), reason });
    }
    set_up(&connection, path)?;
    // Of effect on a new file only.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        let reason = format!("its journal mode stays {mode}");
        return Err(StoreError::NotWritable { path: path.to_owned(), reason });
    }
    let synchronous = match durability {
        Durability::Normal => "normal",
        Durability::Full => "full",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "cache_size", -WRITE_CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    migrate::migrate(&mut connection, now_ms)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    limit_pages(&connection)?;
    Ok(connection)
}

/// Opens an existing store for reading. Never blocks a writer, never waits for one.
pub(super) fn read_connection(path: &Path) -> Result<Connection, StoreError> {
    require_sqlite(rusqlite::version_number())?;
    if !path.exists() {
        return Err(StoreError::Missing { path: path.to_owned() });
    }
    let read = |connection: Connection| {
        set_up(&connection, path)?;
        match migrate::check(&connection)? {
            0 => {
                let reason = "it has no tables yet".to_owned();
                return Err(StoreError::NotAStore { path: path.to_owned(), reason });
            }
            found if found < migrate::NEWEST => {
                return Err(StoreError::SchemaTooOld { found, supported: migrate::NEWEST });
            }
            _ => {}
        }
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -READ_CACHE_KIB)?;
        Ok(connection)
    };
    match connect(path).and_then(read) {
        Err(error) if is_forbidden(&error) => unwritable(path).and_then(read),
        connection => connection,
    }
}

/// Whether this user, or this file system, does not let the file or its folder be written: reading
/// takes that too, for the log.
fn is_forbidden(error: &StoreError) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    match error {
        StoreError::NotWritable { .. } => true,
        StoreError::Sqlite(error) | StoreError::Disk(error) => {
            matches!(error.sqlite_error_code(), Some(CannotOpen | PermissionDenied | ReadOnly))
        }
        _ => false,
    }
}

/// A connection to a file that must be left as it is. Without a log the file is all there is, and
/// stays so as far as this user can tell.
fn unwritable(path: &Path) -> Result<Connection, StoreError> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let has_log = fs::metadata(log).is_ok_and(|log| log.len() > 0);
    let not_readable = |reason: String| StoreError::NotReadable { path: path.to_owned(), reason };
    fs::File::open(path).map_err(|error| not_readable(error.to_string()))?;
    if has_log {
        let reason = "it has a log, which only those can read who may write its folder";
        return Err(not_readable(reason.to_owned()));
    }
    let encoded = percent_encoded(&path.to_string_lossy(), |c| !matches!(c, '%' | '?' | '#'));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    Ok(Connection::open_with_flags(format!("file:{encoded}?immutable=1"), flags)?)
}

/// Opens an existing store to copy its log into the file, and for nothing else.
pub(super) fn log_connection(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    set_up(&connection, path)?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -READ_CACHE_KIB)?;
    Ok(connection)
}

/// Refuses a folder, before a lock is put beside it.
pub(super) fn require_no_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        let reason = "it is a folder".to_owned();
        return Err(StoreError::NotAStore { path: path.to_owned(), reason });
    }
    Ok(())
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    require_no_folder(path)?;
    Connection::open_with_flags(path, flags).map_err(|error| match error.sqlite_error_code() {
        // The file is there: what is missing is the permission.
        Some(rusqlite::ErrorCode::CannotOpen) => {
            StoreError::NotWritable { path: path.to_owned(), reason: error.to_string() }
        }
        _ => error.into(),
    })
}

fn require_sqlite(version: i32) -> Result<(), StoreError> {
    if version < SQLITE_FLOOR {
        return Err(StoreError::SqliteTooOld { found: rusqlite::version() });
    }
    Ok(())
}

/// What every connection needs, and the first look at the file.
fn set_up(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "foreign_keys", true)?;
    words::register(connection)?;
    // Otherwise SQLite prepares a statement again whenever a bound value might change its plan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let not_a_store = |reason: String| StoreError::NotAStore { path: path.to_owned(), reason };
    let marked = connection
        .pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0))
        .map_err(|error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::NotADatabase) => {
                not_a_store("it is not an SQLite database".to_owned())
            }
            _ => error.into(),
        })?;
    let tables: i64 =
        connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if marked != APPLICATION_ID
        && tables > 0
        && !connection.table_exists(None, "schema_migration")?
    {
        return Err(not_a_store("it holds another application's tables".to_owned()));
    }
    Ok(())
}

/// Makes the file, empty and for its owner only, unless it exists.
fn make_private(path: &Path) -> Result<(), StoreError> {
    match private_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            Err(StoreError::NotWritable { path: path.to_owned(), reason: error.to_string() })
        }
    }
}

/// Makes a new empty file that only its owner can read.
fn private_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes the folders that are missing, for their owner only.
pub(super) fn private_folders(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Lets a test fill the disk: SQLite says `full` beyond this many pages.
#[cfg(feature = "failpoints")]
fn limit_pages(connection: &Connection) -> Result<(), StoreError> {
    let pages = fail::eval("store::max_pages", |pages| pages.and_then(|p| p.parse::<u32>().ok()));
    if let Some(pages) = pages.flatten() {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(())
}

#[cfg(not(feature = "failpoints"))]
fn limit_pages(_: &Connection) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_below_the_floor_is_refused() {
        assert!(matches!(require_sqlite(3_051_002), Err(StoreError::SqliteTooOld { .. })));
        assert!(require_sqlite(3_051_003).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_a_store_and_its_log() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store.db");
        let connection = write_connection(&path, Durability::Normal, 0).expect("a new store");
        for entry in fs::read_dir(path.parent().expect("parent")).expect("entries") {
            let entry = entry.expect("entry");
            let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", entry.path().display());
        }
        drop(connection);
    }

    #[test]
    fn another_application_s_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("theirs.db");
        let theirs = Connection::open(&path).expect("theirs");
        theirs.execute_batch("create table invoice (id)").expect("their table");
        drop(theirs);
        let before = fs::read(&path).expect("bytes");
        let refused = write_connection(&path, Durability::Normal, 0);
        assert!(matches!(refused, Err(StoreError::NotAStore { .. })));
        assert_eq!(fs::read(&path).expect("bytes"), before);
    }

    #[test]
    fn a_file_that_is_no_database_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("notes.txt");
        fs::write(&path, "x".repeat(4096)).expect("a text");
        let refused = write_connection(&path, Durability::Normal, 0);
        assert!(matches!(refused, Err(StoreError::NotAStore { .. })));
    }

    #[test]
    fn a_store_that_may_not_be_written_is_read_as_it_is_unless_it_has_a_log() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a ?#% store.db");
        drop(write_connection(&path, Durability::Normal, 0).expect("a new store"));
        let read = unwritable(&path).expect("to read");
        assert!(migrate::check(&read).expect("a version") > 0);
        assert!(read.execute("delete from job", []).is_err());
        let log = folder.path().join("a ?#% store.db-wal");
        fs::write(log, "x").expect("a log");
        assert!(matches!(unwritable(&path), Err(StoreError::NotReadable { .. })));
    }

    #[test]
    fn foreign_keys_are_enforced_on_every_connection() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store.db");
        let on = |connection: &Connection| -> bool {
            connection
                .pragma_query_value(None, "foreign_keys", |row| row.get(0))
                .expect("the setting")
        };
        assert!(on(&write_connection(&path, Durability::Full, 0).expect("to write")));
        assert!(on(&read_connection(&path).expect("to read")));
    }
}
