//! The walk: one folder at a time, in the order of the keys' bytes.
//!
//! Memory is bounded by the largest folder and the depth, not by the number of files.

use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Root, path, too_large};
use crate::item::{ItemKey, SkipReason};
use crate::source::{Gap, Listed, ListedKind, SourceError};

/// Folders inside folders that are walked; a deeper one is a gap.
const DEEPEST: usize = 256;

/// How closely a walk looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// At names only: enough to count.
    Names,
    /// At each file's size too.
    Sizes,
}

#[derive(Debug)]
pub(super) struct Walk {
    root: Arc<Root>,
    /// Entries still to be seen, the next one of each folder last.
    folders: Vec<Vec<Entry>>,
    has_begun: bool,
    gaps: Vec<Gap>,
}

#[derive(Debug)]
struct Entry {
    /// The key; for a folder with a `/` behind it, by which it sorts.
    key: String,
    below: PathBuf,
    kind: EntryKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EntryKind {
    File,
    Folder,
    Link,
    Other,
}

impl From<FileType> for EntryKind {
    fn from(seen: FileType) -> Self {
        if seen.is_file() {
            Self::File
        } else if seen.is_dir() {
            Self::Folder
        } else if seen.is_symlink() {
            Self::Link
        } else {
            Self::Other
        }
    }
}

impl Walk {
    pub(super) fn new(root: Arc<Root>) -> Self {
        Self { root, folders: Vec::new(), has_begun: false, gaps: Vec::new() }
    }

    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Up to `limit` keys, none only at the end.
    pub(super) fn next_keys(
        &mut self,
        limit: usize,
        look: Look,
    ) -> Result<Vec<Listed>, SourceError> {
        if !self.has_begun {
            self.has_begun = true;
            self.root.require()?;
            self.open(Path::new(""), "");
        }
        let mut listed = Vec::new();
        while listed.len() < limit {
            let Some(folder) = self.folders.last_mut() else { break };
            let Some(entry) = folder.pop() else {
                self.folders.pop();
                continue;
            };
            if entry.kind == EntryKind::Folder {
                self.open(&entry.below, &entry.key);
            } else if let Some(kind) = self.look_at(&entry, look) {
                listed.push(Listed { key: ItemKey::new(entry.key), kind });
            }
        }
        if listed.is_empty() {
            // The root may have gone while it was walked; then nothing was proven.
            self.root.require()?;
        }
        Ok(listed)
    }

    /// Reads a folder's names. What cannot be read is a gap, but for a folder that has gone.
    fn open(&mut self, below: &Path, key: &str) {
        let gap = |place: &str, reason: String| Gap { place: place.to_owned(), reason };
        if self.folders.len() == DEEPEST {
            self.gaps.push(gap(key, format!("folders are more than {DEEPEST} deep")));
            return;
        }
        if is_closed(key) {
            self.gaps.push(gap(key, "closed by a test".to_owned()));
            return;
        }
        let entries = match fs::read_dir(self.root.path.join(below)) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound && !key.is_empty() => return,
            Err(e) => return self.gaps.push(gap(key, e.to_string())),
        };
        let mut seen = Vec::new();
        for entry in entries {
            match entry.and_then(|entry| self.entry(below, key, &entry)) {
                Ok(entry) => seen.extend(entry),
                Err(e) => self.gaps.push(gap(key, e.to_string())),
            }
        }
        seen.sort_unstable_by(|a, b| b.key.cmp(&a.key));
        self.folders.push(seen);
    }

    /// One name of a folder, unless it is excluded.
    fn entry(&self, folder: &Path, key: &str, entry: &DirEntry) -> io::Result<Option<Entry>> {
        let kind = EntryKind::from(entry.file_type()?);
        let name = entry.file_name();
        let below = folder.join(&name);
        let mut key = format!("{key}{}", path::escaped(&name));
        let is_wanted = match kind {
            EntryKind::Folder => !self.root.excludes_folder(&below),
            // A link may hide a folder of pages, so it is reported whatever its name.
            EntryKind::Link => self.root.counts(&below) || self.hides_folder(&below),
            EntryKind::File | EntryKind::Other => self.root.counts(&below),
        };
        if kind == EntryKind::Folder {
            key.push('/');
        }
        Ok(is_wanted.then_some(Entry { key, below, kind }))
    }

    fn hides_folder(&self, below: &Path) -> bool {
        !self.root.excludes_folder(below)
            && fs::metadata(self.root.path.join(below)).is_ok_and(|target| target.is_dir())
    }

    /// What stands at an entry that is no folder; nothing if it has gone meanwhile.
    fn look_at(&self, entry: &Entry, look: Look) -> Option<ListedKind> {
        let skipped = |reason, detail: String| Some(ListedKind::Skipped { reason, detail });
        let path = self.root.path.join(&entry.below);
        if entry.kind == EntryKind::Link {
            return self.look_at_link(&path);
        }
        if entry.kind == EntryKind::Other {
            return skipped(SkipReason::NotAFile, "a socket, a pipe or a device".to_owned());
        }
        if entry.below.to_str().is_none() {
            return skipped(SkipReason::NameNotUtf8, "rename it to be read".to_owned());
        }
        if look == Look::Names {
            return Some(ListedKind::Item { size_bytes: 0 });
        }
        match fs::symlink_metadata(&path) {
            Ok(seen) if seen.len() > self.root.largest_item_bytes => {
                skipped(SkipReason::TooLarge, too_large(&self.root))
            }
            Ok(seen) => Some(ListedKind::Item { size_bytes: seen.len() }),
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            Err(e) => skipped(SkipReason::Unreadable, e.to_string()),
        }
    }

    fn look_at_link(&self, path: &Path) -> Option<ListedKind> {
        let (reason, detail) = match fs::canonicalize(path) {
            Ok(target) if target.starts_with(&self.root.path) => {
                (SkipReason::Symlink, "a link; links are not followed")
            }
            Ok(_) => (SkipReason::SymlinkOutside, "a link that leads out of the directory"),
            Err(_) => (SkipReason::Symlink, "a link that leads nowhere"),
        };
        Some(ListedKind::Skipped { reason, detail: detail.to_owned() })
    }
}

/// Lets a test close a folder: no permission keeps a privileged user out.
#[cfg(feature = "failpoints")]
fn is_closed(key: &str) -> bool {
    fail::eval("source::folder", |closed| closed.as_deref() == Some(key)) == Some(true)
}

#[cfg(not(feature = "failpoints"))]
fn is_closed(_: &str) -> bool {
    false
}
