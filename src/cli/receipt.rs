//! The receipt as a file: there in whole, or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use super::failure::Failure;
use crate::engine::Receipt;

/// Writes `receipt` to `path`, readable for its owner only. A receipt that stands there is
/// replaced in one step.
pub(super) fn write(path: &Path, receipt: &Receipt) -> Result<(), Failure> {
    replace(path, receipt).map_err(|error| Failure::receipt(path, &error))
}

fn replace(path: &Path, receipt: &Receipt) -> io::Result<()> {
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(beside);
    let written = fill(&part, receipt).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // What was wrong is told; a part that cannot be removed either changes nothing.
        let _ = fs::remove_file(&part);
    }
    written
}

fn fill(part: &Path, receipt: &Receipt) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    file.write_all((serde_json::to_string_pretty(receipt)? + "\n").as_bytes())?;
    file.sync_all()
}
