//! The old file: opened so that neither it nor anything beside it changes.
//!
//! SQLite puts an index of the log beside a database with one, even for who only reads. Where
//! there is none yet nobody has the database open, so it is copied with its log, and the copy
//! is read. Where there is one, or no log, the file itself is read, under SQLite's own locks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::LegacyError;

/// How long to wait for the application's own writers.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Page cache of the connection, in KiB: tables are walked, and rows looked up by number.
const CACHE_KIB: i32 = 8 * 1024;

/// What an SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Where the header says whether there is a log: 2 if there is.
const VERSIONS: std::ops::Range<usize> = 18..20;

/// What the copy is called, and what SQLite puts beside it.
const COPY: &str = "old.db";
const SUFFIXES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// How often a copy is begun again that somebody wrote under.
const COPIES: u32 = 3;

/// An old database, or a copy of it.
#[derive(Debug)]
pub(super) struct OldFile {
    /// Closed before the copy goes.
    pub(super) connection: Connection,
    /// Removed when this is dropped.
    _copy: Option<Copy>,
}

impl OldFile {
    /// Opens the database at `path`; a copy of it, where one is needed, lies in `folder` until
    /// this is dropped.
    pub(super) fn open(path: &Path, folder: &Path) -> Result<Self, LegacyError> {
        let header = header(path)?;
        let has_log = header[VERSIONS].contains(&2);
        let is_apart = has_log && !beside(path, "-shm").exists();
        let is_torn = length(&beside(path, "-journal")) > 0;
        if !is_apart && !is_torn {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            match connect(path, flags) {
                Ok(connection) => return Ok(Self { connection, _copy: None }),
                Err(error) if !needs_copy(&error) => return Err(refused(path, error)),
                Err(error) => tracing::debug!(%error, "the old database is copied to be read"),
            }
        }
        let copy = Copy::make(path, folder)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection =
            connect(&copy.0.join(COPY), flags).map_err(|error| refused(path, error))?;
        Ok(Self { connection, _copy: Some(copy) })
    }
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_prepared_statement_cache_capacity(32);
    // The first look; all later ones are of the same moment.
    connection.execute_batch("begin")?;
    connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

/// Whether reading needs what cannot be made where the file lies.
fn needs_copy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    )
}

fn refused(path: &Path, error: rusqlite::Error) -> LegacyError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => LegacyError::NotADatabase { path: path.to_owned() },
        _ => error.into(),
    }
}

fn header(path: &Path) -> Result<[u8; 100], LegacyError> {
    let not_read = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => LegacyError::Missing { path: path.to_owned() },
        _ => LegacyError::Unreadable { path: path.to_owned(), error },
    };
    let mut header = [0; 100];
    match File::open(path).map_err(not_read)?.read_exact(&mut header) {
        Ok(()) if header.starts_with(MAGIC) => Ok(header),
        Ok(()) => Err(LegacyError::NotADatabase { path: path.to_owned() }),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
            Err(LegacyError::NotADatabase { path: path.to_owned() })
        }
        Err(error) => Err(not_read(error)),
    }
}

/// The folder of a copy.
#[derive(Debug)]
struct Copy(PathBuf);

impl Copy {
    /// Copies a database with its log or its journal.
    fn make(path: &Path, folder: &Path) -> Result<Self, LegacyError> {
        let not_copied = |error: io::Error| LegacyError::Copy { folder: folder.to_owned(), error };
        // One that a killed import has left.
        clear(folder).map_err(not_copied)?;
        private_folder(folder).map_err(not_copied)?;
        let copy = Self(folder.to_owned());
        for _ in 0..COPIES {
            let before = stamps(path);
            for suffix in ["", "-wal", "-journal"] {
                let target = folder.join(format!("{COPY}{suffix}"));
                match duplicate(&beside(path, suffix), &target) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {
                    }
                    done => done.map_err(not_copied)?,
                }
            }
            if stamps(path) == before {
                return Ok(copy);
            }
            clear_files(folder).map_err(not_copied)?;
        }
        Err(LegacyError::Changing { path: path.to_owned() })
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // The next import removes what is left.
        if let Err(error) = clear(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a copy was not removed");
        }
    }
}

/// Removes a folder with a copy, and nothing that is none.
fn clear(folder: &Path) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    clear_files(folder)?;
    fs::remove_dir(folder)
}

fn clear_files(folder: &Path) -> io::Result<()> {
    for suffix in SUFFIXES {
        match fs::remove_file(folder.join(format!("{COPY}{suffix}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Copies bytes and nothing else: the copy can be written, whatever holds for the original.
fn duplicate(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(from)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::copy(&mut from, &mut options.open(to)?).map(drop)
}

/// By what it is seen that somebody writes: length and time of each file.
fn stamps(path: &Path) -> [Option<(u64, Option<SystemTime>)>; 3] {
    ["", "-wal", "-journal"].map(|suffix| {
        let metadata = fs::metadata(beside(path, suffix)).ok()?;
        Some((metadata.len(), metadata.modified().ok()))
    })
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
