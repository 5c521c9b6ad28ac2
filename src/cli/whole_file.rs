//! Files that are there in whole, or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file of what `fill` writes, readable for its owner only. A file that stands there is
/// replaced in one step; what is no file, such as a device, is written to.
pub(super) fn write<T, E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fill(&mut OpenOptions::new().write(true).open(path)?);
    }
    let name = path.file_name().ok_or(io::ErrorKind::IsADirectory).map_err(io::Error::from)?;
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(beside);
    let written = fill_new(&part, fill).and_then(|filled| {
        fs::rename(&part, path)?;
        Ok(filled)
    });
    if written.is_err() {
        // What was wrong is told; a part that cannot be removed either changes nothing.
        let _ = fs::remove_file(&part);
    }
    written
}

fn fill_new<T, E: From<io::Error>>(
    part: &Path,
    fill: impl FnOnce(&mut File) -> Result<T, E>,
) -> Result<T, E> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    let filled = fill(&mut file)?;
    file.sync_all()?;
    Ok(filled)
}
