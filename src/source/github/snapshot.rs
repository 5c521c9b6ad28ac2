//! The bytes of a commit's files: by the archive or blob by blob, each held against its name.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::archive::Archive;
use super::client::Question;
use super::commit::{Commit, JSON, SMALL_BYTES, TreeListing};
use super::limiter::CONCURRENT_REQUESTS;
use super::tree::{self, File, LeftOut, Tree};
use super::way::{Size, Way};
use crate::failpoint::failpoint;
use crate::fingerprint::{Digest, git_blob_sha1};
use crate::item::{ItemKey, SkipReason, SourceItem};
use crate::source::{
    Answer, Batch, Fetched, Listed, Listing, Missing, Pinned, SourceError, SourceVersion,
};

/// A blob's bytes as they are.
const RAW: &str = "application/vnd.github.raw+json";

/// Bytes that an archive may unpack to where not all of the repository was listed.
const LARGEST_ARCHIVE_BYTES: u64 = 8 * 1024 * 1024 * 1024;

/// Bytes of an archive that are no file's: folders, and what is altered on the way.
const ARCHIVE_SLACK_BYTES: u64 = 64 * 1024 * 1024;

/// Bytes that a file takes beside its own: its header, one more for a long name with that
/// name, and what fills the last block.
const ARCHIVE_FILE_BYTES: u64 = 8 * 512;

/// Archives that may break before all that is left is fetched blob by blob.
const ARCHIVE_FAILURES: u32 = 2;

/// Files in a row that GitHub may refuse while it answers other questions: more is no fault of
/// the files.
const REFUSALS: u32 = 10;

/// Files asked for with one question when each is a request of its own.
const BLOB_BATCH: Batch = Batch { items: 64, bytes: 1024 * 1024 };

/// See the module.
#[derive(Debug)]
pub(super) struct Snapshot {
    commit: Arc<Commit>,
    notes: Vec<String>,
    fetching: Mutex<Fetching>,
    /// Files in a row that were refused.
    refusals: AtomicU32,
}

/// How files are fetched at the moment.
#[derive(Debug, Default)]
struct Fetching {
    way: Way,
    archive: Option<Archive>,
    archive_failures: u32,
}

#[derive(Deserialize)]
struct Blob {
    content: String,
    encoding: String,
}

impl Fetching {
    fn archive_broke(&mut self, error: &SourceError) {
        self.archive = None;
        self.archive_failures += 1;
        tracing::warn!(%error, "the archive broke");
        if self.archive_failures == ARCHIVE_FAILURES {
            self.way = Way::Blobs;
        }
    }
}

impl Snapshot {
    pub(super) fn new(commit: Commit, notes: Vec<String>) -> Self {
        Self {
            commit: Arc::new(commit),
            notes,
            fetching: Mutex::default(),
            refusals: AtomicU32::new(0),
        }
    }

    /// The files of an archive, in the order asked for; none for those that it lacks, that it
    /// has passed, or that come after it broke for good.
    async fn archived(
        &self,
        files: &[Result<File, LeftOut>],
    ) -> Result<Vec<Option<Vec<u8>>>, SourceError> {
        let mut fetching = self.fetching.lock().await;
        let mut contents = Vec::with_capacity(files.len());
        for file in files {
            let content = match file {
                Ok(file) => self.archived_one(&mut fetching, file).await?,
                Err(_) => None,
            };
            contents.push(content);
        }
        Ok(contents)
    }

    async fn archived_one(
        &self,
        fetching: &mut Fetching,
        file: &File,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        while fetching.way == Way::Archive {
            let taken = match self.archive(fetching).await {
                Ok(archive) => archive
                    .take(&file.path, file.size_bytes)
                    .await
                    .map_err(|error| self.commit.failed(error.to_string())),
                Err(error) => Err(error),
            };
            match taken {
                Ok(content) => return Ok(content),
                Err(error) => fetching.archive_broke(&error),
            }
        }
        Ok(None)
    }

    /// The archive that is being read, opened if none is.
    async fn archive<'a>(
        &self,
        fetching: &'a mut Fetching,
    ) -> Result<&'a mut Archive, SourceError> {
        let archive = match fetching.archive.take() {
            Some(archive) => archive,
            None => self.open_archive().await?,
        };
        Ok(fetching.archive.insert(archive))
    }

    async fn open_archive(&self) -> Result<Archive, SourceError> {
        let commit = &self.commit;
        let tree = commit.tree().await?;
        let limit_bytes = archive_limit((!tree.is_partial).then(|| size(tree)));
        let sha = commit.sha.as_deref().unwrap_or_default();
        let path = format!("{}/tarball/{sha}", commit.repository);
        let body = commit.client.open(&Question::new(path, JSON, 0)).await?;
        failpoint!("github::archive");
        let client = commit.client.clone();
        let received = move |bytes| client.limiter.count(|it| it.bytes += bytes as u64);
        Archive::new(body, limit_bytes, received).map_err(|e| commit.failed(e.to_string()))
    }

    /// One file by its blob: as raw bytes, and if they are not what the tree names, once more
    /// in the other form that GitHub has for them.
    async fn by_blob(&self, key: &ItemKey, file: &File) -> Result<Fetched, SourceError> {
        let named = tree::hex(&file.sha1);
        for accept in [RAW, JSON] {
            let content = match self.blob(&named, accept, file).await {
                Ok(content) => content,
                Err(error) => return self.refused(key, error).await,
            };
            self.refusals.store(0, Ordering::Relaxed);
            if let Some(content) = content.filter(|content| git_blob_sha1(content) == named) {
                return Ok(item(key, content, named));
            }
            tracing::warn!(source = self.commit.source, %key, "a blob is not what its name says");
        }
        let detail = format!("what GitHub gives for the blob {named} is something else");
        Ok(Fetched::Corrupt { detail })
    }

    /// What becomes of a file that GitHub does not give: it alone is left out, as long as GitHub
    /// answers other questions.
    async fn refused(&self, key: &ItemKey, error: SourceError) -> Result<Fetched, SourceError> {
        let refusals = self.refusals.fetch_add(1, Ordering::Relaxed) + 1;
        if refusals > REFUSALS || !self.commit.answers().await {
            return Err(error);
        }
        tracing::warn!(source = self.commit.source, %key, %error, "a file is not given");
        let (SourceError::Denied { reason, .. }
        | SourceError::GaveUp { reason, .. }
        | SourceError::Failed { reason, .. }
        | SourceError::Gone { reason, .. }
        | SourceError::Settings { reason, .. }) = error;
        let detail = format!("GitHub does not give it: {reason}");
        Ok(Fetched::Skipped { reason: SkipReason::Unreadable, detail })
    }

    /// What GitHub gives for a blob; nothing if that cannot be read.
    async fn blob(
        &self,
        named: &str,
        accept: &'static str,
        file: &File,
    ) -> Result<Option<Vec<u8>>, SourceError> {
        let commit = &self.commit;
        let path = format!("{}/git/blobs/{named}", commit.repository);
        // In JSON a byte takes four thirds, its line ends not counted.
        let limit_bytes = SMALL_BYTES + usize::try_from(file.size_bytes * 2).unwrap_or(usize::MAX);
        let question = Question::new(path, accept, limit_bytes);
        let answered = commit.good(commit.client.ask(&question).await?, "a blob")?;
        // A server may give JSON whatever it is asked for.
        let is_json = accept == JSON || answered.media_type == "application/json";
        Ok(if is_json { decoded(&answered.body) } else { Some(answered.body.into()) })
    }

    async fn fetch_all(&self, wanted: &[Listed]) -> Result<Vec<Fetched>, SourceError> {
        let tree = self.commit.tree().await?;
        let files: Vec<_> =
            wanted.iter().map(|listed| tree.file(&listed.key, &self.commit.wanted)).collect();
        let mut contents = self.archived(&files).await?;
        let fetch = |at: usize, content: Option<Vec<u8>>| {
            let (key, file) = (&wanted[at].key, &files[at]);
            async move {
                let file = match file {
                    Ok(file) => file,
                    Err((reason, detail)) => {
                        let (reason, detail) = (*reason, detail.clone());
                        return Ok(Fetched::Skipped { reason, detail });
                    }
                };
                let named = tree::hex(&file.sha1);
                match content.and_then(|content| as_named(content, &named)) {
                    Some(content) => Ok(item(key, content, named)),
                    // The archive lacks it, or has altered it.
                    None => self.by_blob(key, file).await,
                }
            }
        };
        let fetching: Vec<_> =
            contents.drain(..).enumerate().map(|(at, content)| fetch(at, content)).collect();
        let fetched = iter(fetching).buffered(CONCURRENT_REQUESTS).try_collect().await;
        failpoint!("github::fetched");
        fetched
    }
}

/// A file of an archive as its name proves it: an archive has the line ends that `eol=crlf` asks
/// for, and the blob has those of Git.
fn as_named(content: Vec<u8>, named: &str) -> Option<Vec<u8>> {
    if git_blob_sha1(&content) == named {
        return Some(content);
    }
    let mut plain = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        plain.extend_from_slice(line.strip_suffix(b"\r\n").unwrap_or(line));
        if line.ends_with(b"\r\n") {
            plain.push(b'\n');
        }
    }
    (git_blob_sha1(&plain) == named).then_some(plain)
}

/// The bytes of a blob in JSON.
fn decoded(body: &[u8]) -> Option<Vec<u8>> {
    let blob: Blob = serde_json::from_slice(body).ok()?;
    let text: Vec<u8> = blob.content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64_STANDARD.decode(text).ok().filter(|_| blob.encoding == "base64")
}

fn item(key: &ItemKey, content: Vec<u8>, git_sha1: String) -> Fetched {
    let content_digest = Digest::of(&content);
    Fetched::Item(SourceItem {
        key: key.clone(),
        content,
        content_digest,
        git_sha1: Some(git_sha1),
    })
}

/// What the archive of a repository may unpack to, whose size is known if all of it was listed.
fn archive_limit(all: Option<Size>) -> u64 {
    all.map_or(LARGEST_ARCHIVE_BYTES, |Size { files, bytes }| {
        bytes * 2 + files * ARCHIVE_FILE_BYTES + ARCHIVE_SLACK_BYTES
    })
}

fn size(tree: &Tree) -> Size {
    Size { files: tree.all_files, bytes: tree.all_bytes }
}

impl Pinned for Snapshot {
    fn version(&self) -> SourceVersion {
        SourceVersion(self.commit.sha.clone())
    }

    fn is_exact(&self) -> bool {
        self.commit.sha.is_some()
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn batch(&self) -> Batch {
        match self.fetching.try_lock().map(|fetching| fetching.way) {
            Ok(Way::Blobs) => BLOB_BATCH,
            _ => Batch::default(),
        }
    }

    fn count(&self) -> Answer<'_, Option<u64>> {
        // The survey before the first fetch tells it exactly.
        Box::pin(std::future::ready(None))
    }

    fn prepare(&self, missing: Missing) -> Answer<'_, Result<Option<String>, SourceError>> {
        Box::pin(async move {
            let tree = self.commit.tree().await?;
            let way = Way::of(&missing, &size(tree), self.commit.client.has_token());
            let mut fetching = self.fetching.lock().await;
            *fetching = Fetching { way, ..Fetching::default() };
            Ok(Some(way.told(&missing)))
        })
    }

    fn list(&self) -> Box<dyn Listing> {
        Box::new(TreeListing { commit: self.commit.clone(), at: 0 })
    }

    fn fetch<'a>(&'a self, wanted: &'a [Listed]) -> Answer<'a, Result<Vec<Fetched>, SourceError>> {
        Box::pin(self.fetch_all(wanted))
    }

    fn has<'a>(&'a self, key: &'a ItemKey) -> Answer<'a, Result<bool, SourceError>> {
        Box::pin(async move { Ok(self.commit.tree().await?.has(key, &self.commit.wanted)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_of_many_small_files_is_not_taken_for_one_that_never_ends() {
        // A tar of a million files of a byte each: a header and a block for each.
        let million = Size { files: 1_000_000, bytes: 1_000_000 };
        assert!(archive_limit(Some(million)) > 1_000_000 * 1024);
        let ten = Size { files: 10, bytes: 1000 };
        assert!(archive_limit(Some(ten)) < 100 * 1024 * 1024);
    }
}
