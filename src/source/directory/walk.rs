//! The walk: one folder at a time, in the order of the keys' bytes.
//!
//! Memory is bounded by the largest folder and the depth, not by the number of files.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Root, path};
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
    names: Names,
}

/// The names of a folder that are still to be seen. There may be many thousands, so they are
/// kept in one piece of text.
#[derive(Debug, Default)]
struct Names {
    /// Each name as part of a key; of a folder with a `/` behind it, by which it sorts.
    text: String,
    /// The next one last.
    entries: Vec<Entry>,
    /// Names that their keys do not give back, by where those begin.
    raw: BTreeMap<u32, OsString>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    end: u32,
    kind: EntryKind,
}

impl Names {
    /// Adds a name; false if there is no room for it.
    fn push(&mut self, name: &OsStr, kind: EntryKind) -> bool {
        let start = self.text.len();
        self.text.push_str(&path::escaped(name));
        if kind == EntryKind::Folder {
            self.text.push('/');
        }
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(self.text.len())) else {
            return false;
        };
        if name.to_str().is_none() {
            self.raw.insert(start, name.to_owned());
        }
        self.entries.push(Entry { start, end, kind });
        true
    }

    fn sort(&mut self) {
        let text = &self.text;
        let key = |entry: &Entry| &text[entry.start as usize..entry.end as usize];
        self.entries.sort_unstable_by(|a, b| key(b).cmp(key(a)));
        self.entries.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    /// The next name: as part of a key, as the system has it, and what it is.
    fn pop(&mut self) -> Option<(&str, OsString, EntryKind)> {
        let Entry { start, end, kind } = self.entries.pop()?;
        let key = &self.text[start as usize..end as usize];
        let name = self.raw.remove(&start).unwrap_or_else(|| {
            path::below(&ItemKey::new(key.trim_end_matches('/'))).into_os_string()
        });
        Some((key, name, kind))
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
                    EntryKind::Folder if !root.files.excludes_folder(&below) => folders.push(below),
                    EntryKind::Folder => {}
                    _ => keys += u64::from(root.files.counts(&below)),
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
            let Some((name, raw, kind)) = folder.names.pop() else {
                self.folders.pop();
                continue;
            };
            let (key, below) = (format!("{}{name}", folder.key), folder.below.join(raw));
            if kind == EntryKind::Folder {
                self.open(below, key);
            } else if let Some(kind) = look_at(&self.root, &below, kind) {
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
        let entries = match fs::read_dir(self.root.path.join(&below)) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound && !key.is_empty() => return,
            Err(e) => return self.gaps.push(gap(&key, e.to_string())),
        };
        let mut names = Names::default();
        for entry in entries {
            match entry.and_then(|entry| self.wanted(&below, &entry)) {
                Ok(Some((name, kind))) if !names.push(&name, kind) => {
                    self.gaps.push(gap(&key, "its names take more than 4 GiB".to_owned()));
                    return;
                }
                Ok(_) => {}
                Err(e) => self.gaps.push(gap(&key, e.to_string())),
            }
        }
        names.sort();
        self.folders.push(Folder { key, below, names });
    }

    /// One name of a folder, unless it is excluded.
    fn wanted(&self, folder: &Path, entry: &DirEntry) -> io::Result<Option<(OsString, EntryKind)>> {
        let kind = EntryKind::from(entry.file_type()?);
        let name = entry.file_name();
        let below = folder.join(&name);
        let is_wanted = match kind {
            EntryKind::Folder => !self.root.files.excludes_folder(&below),
            // A link may hide a folder of pages, so it is reported whatever its name.
            EntryKind::Link => self.root.files.counts(&below) || self.hides_folder(&below),
            EntryKind::File | EntryKind::Other => self.root.files.counts(&below),
        };
        Ok(is_wanted.then_some((name, kind)))
    }

    fn hides_folder(&self, below: &Path) -> bool {
        !self.root.files.excludes_folder(below)
            && fs::metadata(self.root.path.join(below)).is_ok_and(|target| target.is_dir())
    }
}

/// What a listing shows of a path whose metadata are these; nothing of a folder.
pub(super) fn shown(root: &Root, below: &Path, seen: &Metadata) -> Option<ListedKind> {
    look_at(root, below, EntryKind::from(seen.file_type()))
}

/// What stands at a path; nothing if it is a folder or has gone meanwhile.
fn look_at(root: &Root, below: &Path, kind: EntryKind) -> Option<ListedKind> {
    let skipped = |reason, detail: String| Some(ListedKind::Skipped { reason, detail });
    let path = root.path.join(below);
    match kind {
        EntryKind::Folder => return None,
        EntryKind::Link => return Some(look_at_link(root, &path)),
        EntryKind::Other => {
            return skipped(SkipReason::NotAFile, "a socket, a pipe or a device".to_owned());
        }
        EntryKind::File => {}
    }
    if below.to_str().is_none() {
        return skipped(SkipReason::NameNotUtf8, "rename it to be read".to_owned());
    }
    match fs::symlink_metadata(&path) {
        Ok(seen) if seen.len() > root.files.largest_item_bytes => {
            skipped(SkipReason::TooLarge, root.files.too_large())
        }
        Ok(seen) => Some(ListedKind::Item { size_bytes: seen.len(), git_sha1: None }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(e) => skipped(SkipReason::Unreadable, e.to_string()),
    }
}

fn look_at_link(root: &Root, path: &Path) -> ListedKind {
    let (reason, detail) = match fs::canonicalize(path) {
        Ok(target) if target.starts_with(&root.path) => {
            (SkipReason::Symlink, "a link; links are not followed")
        }
        Ok(_) => (SkipReason::SymlinkOutside, "a link that leads out of the directory"),
        Err(_) => (SkipReason::Symlink, "a link that leads nowhere"),
    };
    ListedKind::Skipped { reason, detail: detail.to_owned() }
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
