//! Paths as keys and back, and what Git knows of a directory.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::item::ItemKey;

/// A name as part of a key: a backslash doubled, a byte that is not UTF-8 as `\xNN`.
pub(super) fn escaped(name: &OsStr) -> String {
    use std::fmt::Write;

    let mut out = String::with_capacity(name.len());
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if c == '\\' {
                out.push('\\');
            }
            out.push(c);
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// The path below the root that a key stands for. A key with a name that is not UTF-8 gives a
/// path that does not exist: such names are listed and never read.
pub(super) fn below(key: &ItemKey) -> PathBuf {
    let text = key.as_str();
    if text.contains('\\') { text.replace("\\\\", "\\").into() } else { text.into() }
}

/// What changes when a file's content does.
pub(super) fn stamp(metadata: &Metadata) -> (u64, Option<SystemTime>) {
    (metadata.len(), metadata.modified().ok())
}

/// The commit that is checked out where `root` lies, if that is a Git work tree.
///
/// Reads Git's files rather than running Git, which need not be installed.
pub(super) fn head_commit(root: &Path) -> Option<String> {
    let git = root.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let git = if git.is_dir() { git } else { linked(&git)? };
    let head = fs::read_to_string(git.join("HEAD")).ok()?;
    let Some(reference) = head.trim().strip_prefix("ref: ") else { return commit(&head) };
    // A linked work tree keeps its own HEAD and shares the rest.
    let shared = fs::read_to_string(git.join("commondir"))
        .map_or_else(|_| git.clone(), |common| git.join(common.trim()));
    [&git, &shared]
        .into_iter()
        .find_map(|folder| commit(&fs::read_to_string(folder.join(reference)).ok()?))
        .or_else(|| packed(&shared, reference))
}

/// Where a `.git` file points.
fn linked(file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    Some(file.parent()?.join(text.trim().strip_prefix("gitdir: ")?))
}

fn packed(git: &Path, reference: &str) -> Option<String> {
    let text = fs::read_to_string(git.join("packed-refs")).ok()?;
    text.lines().find_map(|line| {
        let (id, name) = line.split_once(' ')?;
        (name == reference).then(|| commit(id)).flatten()
    })
}

fn commit(text: &str) -> Option<String> {
    let id = text.trim();
    let is_id = matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
    is_id.then(|| id.to_owned())
}
