//! The walk: one folder at a time, in the order of the keys' bytes.
//!
//! Memory is bounded by the largest folder and the depth, not by the number of files.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Root, path, too_large};
use crate::item::{ItemKey, SkipReason};
use crate::source::{Gap, Listed, ListedKind, SourceError};

/// Folders inside folders that are walked; a deeper one is a gap.
const DEEPEST: usize = 256;

#[derive(Debug)]
pub(super) struct Walk {
    root: Arc<Root>,
    folders: Vec<Folder>,
    has_begun: bool,
    gaps: Vec<Gap>,
}

/// A folder that is being walked.
#[derive(Debug)]
struct Folder {
    /// Its key with a `/` behind it; empty for the root.
    key: String,
    below: PathBuf,
    /// Entries still to be seen, the next one last.
    entries: Vec<Entry>,
}

/// A name in a folder. There may be many thousands, so it is kept small.
#[derive(Debug)]
struct Entry {
    /// The name as part of a key; of a folder with a `/` behind it, by which it sorts.
    key: Box<str>,
    /// The name itself, where the key does not give it back.
    raw: Option<Box<OsStr>>,
    kind: EntryKind,
}

impl Entry {
    fn name(&self) -> Cow<'_, OsStr> {
        match &self.raw {
            Some(raw) => Cow::Borrowed(raw),
            None => {
                path::below(&ItemKey::new(self.key.trim_end_matches('/'))).into_os_string().into()
            }
        }
    }
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

    /// Counts what a walk would list, without an order and keeping no names.
    pub(super) fn count(root: &Root) -> u64 {
        let mut keys = 0;
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            // What cannot be read is not counted: this is an estimate.
            for entry in fs::read_dir(root.path.join(&folder)).into_iter().flatten().flatten() {
                let Ok(kind) = entry.file_type().map(EntryKind::from) else { continue };
                let below = folder.join(entry.file_name());
                match kind {
                    EntryKind::Folder if !root.excludes_folder(&below) => folders.push(below),
                    EntryKind::Folder => {}
                    _ => keys += u64::from(root.counts(&below)),
                }
            }
        }
        keys
    }

    /// Up to `limit` keys, none only at the end.
    pub(super) fn next_keys(&mut self, limit: usize) -> Result<Vec<Listed>, SourceError> {
        if !self.has_begun {
            self.has_begun = true;
            self.root.require()?;
            self.open(PathBuf::new(), String::new());
        }
        let mut listed = Vec::new();
        while listed.len() < limit {
            let Some(folder) = self.folders.last_mut() else { break };
            let Some(entry) = folder.entries.pop() else {
                self.folders.pop();
                continue;
            };
            let below = folder.below.join(entry.name());
            let key = format!("{}{}", folder.key, entry.key);
            if entry.kind == EntryKind::Folder {
                self.open(below, key);
            } else if let Some(kind) = self.look_at(&below, entry.kind) {
                listed.push(Listed { key: ItemKey::new(key), kind });
            }
        }
        if listed.is_empty() {
            // The root may have gone while it was walked; then nothing was proven.
            self.root.require()?;
        }
        Ok(listed)
    }

    /// Reads a folder's names. What cannot be read is a gap, but for a folder that has gone.
    fn open(&mut self, below: PathBuf, key: String) {
        let gap = |place: &str, reason: String| Gap { place: place.to_owned(), reason };
        if self.folders.len() == DEEPEST {
            self.gaps.push(gap(&key, format!("folders are more than {DEEPEST} deep")));
            return;
        }
        if is_closed(&key) {
            self.gaps.push(gap(&key, "closed by a test".to_owned()));
            return;
        }
        let names = match fs::read_dir(self.root.path.join(&below)) {
            Ok(names) => names,
            Err(e) if e.kind() == io::ErrorKind::NotFound && !key.is_empty() => return,
            Err(e) => return self.gaps.push(gap(&key, e.to_string())),
        };
        let mut entries = Vec::new();
        for name in names {
            match name.and_then(|name| self.entry(&below, &name)) {
                Ok(entry) => entries.extend(entry),
                Err(e) => self.gaps.push(gap(&key, e.to_string())),
            }
        }
        entries.sort_unstable_by(|a, b| b.key.cmp(&a.key));
        entries.shrink_to_fit();
        self.folders.push(Folder { key, below, entries });
    }

    /// One name of a folder, unless it is excluded.
    fn entry(&self, folder: &Path, entry: &DirEntry) -> io::Result<Option<Entry>> {
        let kind = EntryKind::from(entry.file_type()?);
        let name = entry.file_name();
        let below = folder.join(&name);
        let is_wanted = match kind {
            EntryKind::Folder => !self.root.excludes_folder(&below),
            // A link may hide a folder of pages, so it is reported whatever its name.
            EntryKind::Link => self.root.counts(&below) || self.hides_folder(&below),
            EntryKind::File | EntryKind::Other => self.root.counts(&below),
        };
        if !is_wanted {
            return Ok(None);
        }
        let mut key = path::escaped(&name);
        if kind == EntryKind::Folder {
            key.push('/');
        }
        let raw = name.to_str().is_none().then(|| name.into_boxed_os_str());
        Ok(Some(Entry { key: key.into(), raw, kind }))
    }

    fn hides_folder(&self, below: &Path) -> bool {
        !self.root.excludes_folder(below)
            && fs::metadata(self.root.path.join(below)).is_ok_and(|target| target.is_dir())
    }

    /// What stands at a path that is no folder; nothing if it has gone meanwhile.
    fn look_at(&self, below: &Path, kind: EntryKind) -> Option<ListedKind> {
        let skipped = |reason, detail: String| Some(ListedKind::Skipped { reason, detail });
        let path = self.root.path.join(below);
        if kind == EntryKind::Link {
            return self.look_at_link(&path);
        }
        if kind == EntryKind::Other {
            return skipped(SkipReason::NotAFile, "a socket, a pipe or a device".to_owned());
        }
        if below.to_str().is_none() {
            return skipped(SkipReason::NameNotUtf8, "rename it to be read".to_owned());
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
