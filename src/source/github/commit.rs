//! A repository at a commit: which files it has, by its trees.
//!
//! All of a tree is asked for, also where nothing has changed: what a store knows is not known
//! here. One answer lists tens of thousands of files; a hundred thousand take some forty.

use std::sync::Arc;

use serde::Deserialize;
use tokio::sync::OnceCell;

use super::client::{Answered, Client, Question};
use super::meaning::Meaning;
use super::tree::{self, Folder, Tree, Wanted};
use crate::failpoint::failpoint;
use crate::source::{Answer, Gap, Listed, Listing, SourceError};

/// GitHub's own form of an answer.
pub(super) const JSON: &str = "application/vnd.github+json";

/// Bytes of a tree's answer. GitHub ends one at 7 MB.
const TREE_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of any other answer that is not made of files.
pub(super) const SMALL_BYTES: usize = 1024 * 1024;

/// Keys in one answer of a listing.
const CHUNK_KEYS: usize = 256;

/// See the module.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) client: Arc<Client>,
    pub(super) wanted: Arc<Wanted>,
    /// The source's name, for errors.
    pub(super) source: String,
    /// The path of the repository's API, without a `/` at its end.
    pub(super) repository: String,
    /// None for a repository without a commit.
    pub(super) sha: Option<String>,
    /// The root of its trees, where it was asked for already.
    pub(super) root: Option<String>,
    pub(super) tree: OnceCell<Tree>,
}

#[derive(Deserialize)]
struct CommitTold {
    tree: TreeNamed,
}

#[derive(Deserialize)]
struct TreeNamed {
    sha: String,
}

impl Commit {
    /// The files of the commit; asked for once.
    pub(super) async fn tree(&self) -> Result<&Tree, SourceError> {
        self.tree.get_or_try_init(|| self.ask_for_tree()).await
    }

    async fn ask_for_tree(&self) -> Result<Tree, SourceError> {
        let mut tree = Tree::default();
        let Some(sha) = &self.sha else { return Ok(tree) };
        let root = match &self.root {
            Some(root) => root.clone(),
            None => root_of(&self.client, &self.source, &self.repository, sha)
                .await?
                .ok_or_else(|| self.failed(format!("the commit {sha} is gone; run again")))?,
        };
        let mut folders = vec![Folder::root(root)];
        while let Some(folder) = folders.pop() {
            let whole = match self.answer(&folder, true).await {
                Ok(whole) => whole,
                // One folder of many is a gap; the root is the repository.
                Err(error) if !folder.path.is_empty() && self.answers().await => {
                    tree.gap(folder.path.clone(), error.to_string());
                    continue;
                }
                Err(error) => return Err(error),
            };
            if !whole.truncated {
                tree.add(&folder, whole, true, &self.wanted);
                continue;
            }
            drop(whole);
            // Too much for one answer: its folders are asked for one by one.
            let level = self.answer(&folder, false).await?;
            if level.truncated {
                tree.gap(folder.path.clone(), "GitHub does not list all of it".to_owned());
            }
            folders.extend(tree.add(&folder, level, false, &self.wanted));
        }
        tree.sort(&self.wanted);
        failpoint!("github::listed");
        Ok(tree)
    }

    /// Whether the server answers a question that it must be able to answer.
    pub(super) async fn answers(&self) -> bool {
        let Some(sha) = &self.sha else { return false };
        let known = root_of(&self.client, &self.source, &self.repository, sha).await;
        known.is_ok_and(|root| root.is_some())
    }

    async fn answer(&self, folder: &Folder, recursive: bool) -> Result<tree::Answer, SourceError> {
        let recursive = if recursive { "?recursive=1" } else { "" };
        let path = format!("{}/git/trees/{}{recursive}", self.repository, folder.sha);
        let question = Question::new(path, JSON, TREE_BYTES);
        let body = self.good(self.client.ask(&question).await?, "a tree")?.body;
        serde_json::from_slice(&body).map_err(|e| self.failed(format!("a tree is no JSON: {e}")))
    }

    /// An answer that is a success; anything else is no fault of a single file.
    pub(super) fn good(&self, answered: Answered, what: &str) -> Result<Answered, SourceError> {
        match answered.meaning {
            Meaning::Good => Ok(answered),
            Meaning::Missing(text) | Meaning::Refused(text) => {
                Err(self.failed(format!("{what} cannot be had ({text})")))
            }
            other => Err(self.failed(format!("{what} cannot be had ({other:?})"))),
        }
    }

    pub(super) fn failed(&self, reason: String) -> SourceError {
        SourceError::GaveUp { name: self.source.clone(), reason }
    }
}

/// The root of a commit's trees; none if the repository has no such commit.
pub(super) async fn root_of(
    client: &Client,
    source: &str,
    repository: &str,
    sha: &str,
) -> Result<Option<String>, SourceError> {
    let failed = |reason| SourceError::GaveUp { name: source.to_owned(), reason };
    let path = format!("{repository}/git/commits/{sha}");
    let answered = client.ask(&Question::new(path, JSON, SMALL_BYTES)).await?;
    match answered.meaning {
        Meaning::Good => {
            let told: CommitTold = serde_json::from_slice(&answered.body)
                .map_err(|e| failed(format!("a commit is no JSON: {e}")))?;
            Ok(Some(told.tree.sha))
        }
        Meaning::Missing(_) | Meaning::Refused(_) => Ok(None),
        other => Err(failed(format!("the commit {sha} cannot be had ({other:?})"))),
    }
}

/// A walk over a commit's files.
pub(super) struct TreeListing {
    pub(super) commit: Arc<Commit>,
    pub(super) at: usize,
}

impl Listing for TreeListing {
    fn next(&mut self) -> Answer<'_, Result<Vec<Listed>, SourceError>> {
        Box::pin(async move {
            let tree = self.commit.tree().await?;
            let end = tree.len().min(self.at + CHUNK_KEYS);
            let listed = |at| tree.listed(at, &self.commit.wanted);
            let chunk = (self.at..end).map(listed).collect();
            self.at = end;
            Ok(chunk)
        })
    }

    fn gaps(&self) -> &[Gap] {
        self.commit.tree.get().map_or(&[], Tree::gaps)
    }
}
