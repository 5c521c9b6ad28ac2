//! A directory of files: listed in the order of their paths, never left, read as it stands.
//!
//! Links are not followed, whatever they lead to. A directory cannot be pinned, so a file is
//! read until two looks at it agree, and a deletion is looked up once more.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::files::{Counted, EXCLUDE, INCLUDE, LARGEST_ITEM_BYTES};
use super::{
    Answer, Description, Fetched, Gap, Known, Listed, ListedKind, Listing, Pinned, Source,
    SourceError, SourceVersion,
};
use crate::failpoint::{failpoint, sabotaged};
use crate::fingerprint::Digest;
use crate::item::{ItemKey, SkipReason, SourceItem};

mod path;
mod walk;

/// How often a file that changes under the reader is read before it is called unstable.
const READS: u32 = 3;

/// Keys in one answer of a listing: large enough that asking costs little, small enough that
/// the first item is read at once.
const CHUNK_KEYS: usize = 256;

/// Where the files are and which of them count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectorySettings {
    /// The directory.
    pub root: PathBuf,
    /// Globs over paths below the root; a file counts if one of them matches.
    pub include: Vec<String>,
    /// Globs over paths below the root; what one of them matches does not count.
    pub exclude: Vec<String>,
    /// Larger files are skipped.
    pub largest_item_bytes: u64,
    /// JSON-LD context documents by the addresses that files cite them under: each a file on this
    /// machine. Contexts are never fetched.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub contexts: BTreeMap<String, PathBuf>,
}

impl DirectorySettings {
    /// The defaults, for the directory at `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            include: INCLUDE.map(str::to_owned).to_vec(),
            exclude: EXCLUDE.map(str::to_owned).to_vec(),
            largest_item_bytes: LARGEST_ITEM_BYTES,
            contexts: BTreeMap::new(),
        }
    }
}

/// A directory as a source.
#[derive(Clone, Debug)]
pub struct Directory {
    root: Arc<Root>,
    settings: DirectorySettings,
}

/// What a walk needs of a directory.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    files: Counted,
}

impl Directory {
    /// Checks the settings and that the directory is there.
    ///
    /// # Errors
    ///
    /// [`SourceError::Settings`] for a glob that is none and for a path that is not UTF-8,
    /// [`SourceError::Gone`] if there is no such directory.
    pub fn new(mut settings: DirectorySettings) -> Result<Self, SourceError> {
        let gone = |e: io::Error| SourceError::Gone {
            name: settings.root.display().to_string(),
            reason: e.to_string(),
        };
        let path = fs::canonicalize(&settings.root).map_err(gone)?;
        if !fs::metadata(&path).map_err(gone)?.is_dir() {
            return Err(gone(io::ErrorKind::NotADirectory.into()));
        }
        // The store remembers the root as text.
        if path.to_str().is_none() {
            let reason = "its path is not UTF-8".to_owned();
            return Err(SourceError::Settings { setting: "root".to_owned(), reason });
        }
        let root = Root {
            path: path.clone(),
            files: Counted::new(&settings.include, &settings.exclude, settings.largest_item_bytes)?,
        };
        settings.root = path;
        Ok(Self { root: Arc::new(root), settings })
    }

    fn name(&self) -> String {
        self.root.name()
    }
}

impl Root {
    fn name(&self) -> String {
        format!("directory:{}", path::escaped(self.path.as_os_str()))
    }

    /// The root itself must be there: without it an empty listing would look like a deletion
    /// of everything.
    fn require(&self) -> Result<(), SourceError> {
        let gone = |reason: String| SourceError::Gone { name: self.name(), reason };
        match fs::symlink_metadata(&self.path) {
            Ok(seen) if seen.is_dir() => Ok(()),
            Ok(_) => Err(gone("it is no longer a directory".to_owned())),
            Err(e) => Err(gone(e.to_string())),
        }
    }
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    let failed = |e: tokio::task::JoinError| SourceError::Failed { name, reason: e.to_string() };
    tokio::task::spawn_blocking(work).await.map_err(failed)?
}

impl Source for Directory {
    fn description(&self) -> Description {
        Description {
            name: self.name(),
            kind: "directory",
            settings: serde_json::json!(self.settings).to_string(),
        }
    }

    fn largest_item_bytes(&self) -> u64 {
        self.settings.largest_item_bytes
    }

    fn pin<'a>(&'a self, _: &'a Known) -> Answer<'a, Result<Arc<dyn Pinned>, SourceError>> {
        let root = self.root.clone();
        Box::pin(async move {
            let (root, head) = blocking(self.name(), move || {
                root.require()?;
                let head = path::head_commit(&root.path);
                Ok((root, head))
            })
            .await?;
            let pinned: Arc<dyn Pinned> = Arc::new(AsItStands { root, head });
            Ok(pinned)
        })
    }
}

/// A directory as it stands, whenever it is looked at.
#[derive(Debug)]
struct AsItStands {
    root: Arc<Root>,
    /// The commit that was checked out when the job began; the files may be others.
    head: Option<String>,
}

impl AsItStands {
    fn name(&self) -> String {
        self.root.name()
    }
}

impl Pinned for AsItStands {
    fn version(&self) -> SourceVersion {
        SourceVersion(self.head.clone())
    }

    fn is_exact(&self) -> bool {
        false
    }

    fn count(&self) -> Answer<'_, Option<u64>> {
        let root = self.root.clone();
        let counted = blocking(self.name(), move || Ok(walk::Walk::count(&root)));
        Box::pin(async move { counted.await.ok() })
    }

    fn list(&self) -> Box<dyn Listing> {
        Box::new(DirectoryListing {
            name: self.name(),
            walk: Some(walk::Walk::new(self.root.clone())),
            gaps: Vec::new(),
        })
    }

    fn fetch<'a>(&'a self, wanted: &'a [Listed]) -> Answer<'a, Result<Vec<Fetched>, SourceError>> {
        let (root, keys) = (self.root.clone(), wanted.iter().map(|l| l.key.clone()).collect());
        Box::pin(blocking(self.name(), move || {
            let fetched = |key: ItemKey| read(&root, key);
            Ok(Vec::into_iter(keys).map(fetched).collect())
        }))
    }

    fn has<'a>(&'a self, key: &'a ItemKey) -> Answer<'a, Result<bool, SourceError>> {
        let (root, key) = (self.root.clone(), key.clone());
        Box::pin(blocking(self.name(), move || {
            root.require()?;
            match locate(&root, &key) {
                // Of a folder only the files below it are listed.
                Ok((_, seen)) => Ok(!seen.is_dir() && root.files.counts(&path::below(&key))),
                Err(e) if is_absent(&e) => Ok(false),
                Err(e) => {
                    Err(SourceError::Failed { name: root.name(), reason: format!("{key}: {e}") })
                }
            }
        }))
    }
}

struct DirectoryListing {
    name: String,
    /// Absent only while a thread has it, or after that thread died.
    walk: Option<walk::Walk>,
    gaps: Vec<Gap>,
}

impl Listing for DirectoryListing {
    fn next(&mut self) -> Answer<'_, Result<Vec<Listed>, SourceError>> {
        Box::pin(async move {
            let reason = "an earlier step of its listing failed".to_owned();
            let failed = SourceError::Failed { name: self.name.clone(), reason };
            let mut walk = self.walk.take().ok_or(failed)?;
            let (walk, chunk) = blocking(self.name.clone(), move || {
                let chunk = walk.next_keys(CHUNK_KEYS)?;
                Ok((walk, chunk))
            })
            .await?;
            self.gaps = walk.gaps().to_vec();
            self.walk = Some(walk);
            failpoint!("source::listed");
            Ok(chunk)
        })
    }

    fn gaps(&self) -> &[Gap] {
        if sabotaged!("sabotage::partial_listing") {
            return &[];
        }
        &self.gaps
    }
}

/// Reads one file, again while it changes, as often as [`READS`] allows.
fn read(root: &Root, key: ItemKey) -> Fetched {
    let skipped = |reason, detail: String| Fetched::Skipped { reason, detail };
    for _ in 0..READS {
        let (path, before) = match locate(root, &key) {
            Ok(found) => found,
            Err(e) if is_absent(&e) => return skipped(SkipReason::Vanished, e.to_string()),
            Err(e) => return skipped(SkipReason::Unreadable, e.to_string()),
        };
        if !before.is_file() {
            return match walk::shown(root, &path::below(&key), &before) {
                Some(ListedKind::Skipped { reason, detail }) => skipped(reason, detail),
                _ => skipped(SkipReason::Vanished, "it is no longer a file".to_owned()),
            };
        }
        let content = match read_whole(&path, before.len(), root.files.largest_item_bytes) {
            Ok(Some(content)) => content,
            Ok(None) => return skipped(SkipReason::TooLarge, root.files.too_large()),
            Err(e) if is_absent(&e) => return skipped(SkipReason::Vanished, e.to_string()),
            Err(e) => return skipped(SkipReason::Unreadable, e.to_string()),
        };
        failpoint!("source::read");
        let unchanged = locate(root, &key).is_ok_and(|(_, after)| {
            content.len() as u64 == after.len() && path::stamp(&before) == path::stamp(&after)
        });
        if unchanged {
            let content_digest = Digest::of(&content);
            return Fetched::Item(SourceItem { key, content, content_digest, git_sha1: None });
        }
    }
    skipped(SkipReason::Unstable, format!("it changed during each of {READS} readings"))
}

/// The path and the metadata of a key's file, links on the way refused.
fn locate(root: &Root, key: &ItemKey) -> io::Result<(PathBuf, Metadata)> {
    let below = path::below(key);
    let mut path = root.path.clone();
    for part in below.parent().into_iter().flat_map(Path::components) {
        path.push(part);
        if !fs::symlink_metadata(&path)?.is_dir() {
            return Err(io::ErrorKind::NotFound.into());
        }
    }
    let path = root.path.join(below);
    let metadata = fs::symlink_metadata(&path)?;
    Ok((path, metadata))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// All bytes of a file, or none if there are more than `limit`.
fn read_whole(path: &Path, expected: u64, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let capacity = usize::try_from(expected.min(limit)).unwrap_or(0);
    let mut content = Vec::with_capacity(capacity + 1);
    File::open(path)?.take(limit + 1).read_to_end(&mut content)?;
    Ok((content.len() as u64 <= limit).then_some(content))
}
