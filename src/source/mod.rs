//! Sources: where items are listed and read.
//!
//! A source is first *pinned*: it says which version a job will work on, and gives itself as
//! it stands in that version. That works in two steps. It *lists* keys in a stated order, and
//! it *fetches* the bytes of what it is asked for, unless they came with the listing. In between
//! the engine decides what is needed; a source knows no store. Each source owns its settings.

pub mod directory;
mod files;
#[cfg(feature = "github")]
pub mod github;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod rows;
pub mod sqlite;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

pub use files::{EXCLUDE, INCLUDE, LARGEST_ITEM_BYTES};

use crate::fingerprint::Digest;
use crate::item::{ItemKey, SkipReason, SourceItem};

/// An answer that may take a while. Boxed, for sources are chosen at run time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where items come from.
pub trait Source: Send + Sync + 'static {
    /// What the store remembers the source by.
    fn description(&self) -> Description;

    /// The largest item it delivers, in bytes; larger ones are listed as skipped.
    fn largest_item_bytes(&self) -> u64;

    /// What part of it this is, as JSON, if it was asked for a part only: then nothing is known
    /// of the rest.
    fn restriction(&self) -> Option<String> {
        None
    }

    /// Finds out which version the source has, and gives it as it stands in that version.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if it cannot be read at all.
    fn pin<'a>(&'a self, known: &'a Known) -> Answer<'a, Result<Arc<dyn Pinned>, SourceError>>;

    /// What was asked of the source's server so far, where it has one: by all sources of this
    /// process that ask there as the same user.
    fn traffic(&self) -> Option<watch::Receiver<Traffic>> {
        None
    }
}

/// What is known of a source when it is pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The version that the job at hand was given before it was interrupted. Given again
    /// while the source still has it.
    pub interrupted: Option<String>,
    /// The version to which the last whole job brought the store.
    pub last: Option<String>,
    /// How long the source had asked to be left alone, as of now.
    pub wait: Duration,
}

/// A source in one version: shared by listing, fetching and the look before a deletion.
pub trait Pinned: Send + Sync + 'static {
    /// The name of the version, such as a commit.
    fn version(&self) -> SourceVersion;

    /// Whether the version's name stands for its content: whoever has brought a store to it
    /// once need not look again, and a listing can be repeated.
    fn is_exact(&self) -> bool;

    /// What a person should know of it, a line each.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// How much one [`fetch`](Self::fetch) should ask for.
    fn batch(&self) -> Batch {
        Batch::default()
    }

    /// Counts the items, for a progress bar: an estimate that nothing else relies on.
    fn count(&self) -> Answer<'_, Option<u64>>;

    /// Told before the first fetch what the store lacks, where that can be known unread.
    /// Gives how it will be fetched, for a person.
    fn prepare(&self, _: Missing) -> Answer<'_, Result<Option<String>, SourceError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// In which order it lists its keys.
    fn order(&self) -> Order {
        Order::Bytes
    }

    /// Starts a listing from the first key on.
    fn list(&self) -> Box<dyn Listing>;

    /// Starts a listing behind a key that an earlier listing of this version gave. Asked only
    /// of a source that has an order of its own.
    fn list_behind(&self, _: &ItemKey) -> Box<dyn Listing> {
        self.list()
    }

    /// Starts the listing of what [`list_behind`](Self::list_behind) leaves out: the keys up to
    /// this one. Both together are one listing of all, begun in the middle.
    fn list_up_to(&self, _: &ItemKey) -> Box<dyn Listing> {
        self.list()
    }

    /// Reads items, in the order asked for. One that cannot be read is a value, not an error.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the source as a whole fails; nothing is known of the items then.
    fn fetch<'a>(&'a self, wanted: &'a [Listed]) -> Answer<'a, Result<Vec<Fetched>, SourceError>>;

    /// Whether the source has an item of this key: the look before a deletion. A directory is
    /// looked at as it is right now.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if that cannot be told.
    fn has<'a>(&'a self, key: &'a ItemKey) -> Answer<'a, Result<bool, SourceError>>;

    /// [`has`](Self::has) of several keys, in the order asked.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if that cannot be told of one of them.
    fn has_each<'a>(&'a self, keys: &'a [ItemKey]) -> Answer<'a, Result<Vec<bool>, SourceError>> {
        Box::pin(async move {
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                found.push(self.has(key).await?);
            }
            Ok(found)
        })
    }
}

/// How much is fetched with one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Items at most.
    pub items: usize,
    /// Bytes at most, but for a larger item, which is asked for alone: what is read waits in
    /// memory until workers take it.
    pub bytes: u64,
}

impl Default for Batch {
    /// Enough that asking costs little; few enough that workers have something to do while
    /// it is answered.
    fn default() -> Self {
        Self { items: 32, bytes: 64 * 1024 }
    }
}

/// What a store lacks of a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Items that will be fetched.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What was asked of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Requests sent, redirections followed included.
    pub requests: u64,
    /// Bytes of the bodies that came back.
    pub bytes: u64,
    /// Tries beyond the first.
    pub retries: u64,
    /// Milliseconds spent waiting because the server asked for it, or to spare its limit.
    pub waited_ms: u64,
    /// Requests that are left until the server's limit starts anew, by its last word.
    pub remaining: Option<u64>,
    /// The server's limit.
    pub limit: Option<u64>,
    /// Until when nothing will be asked.
    #[serde(skip)]
    pub pause: Option<Pause>,
}

/// A time in which a server is left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Its end.
    pub until: Instant,
    /// Why, for a person.
    pub reason: String,
}

impl Traffic {
    /// What was added since `before`; what the server said last.
    pub fn since(&self, before: &Self) -> Self {
        Self {
            requests: self.requests - before.requests,
            bytes: self.bytes - before.bytes,
            retries: self.retries - before.retries,
            waited_ms: self.waited_ms - before.waited_ms,
            ..self.clone()
        }
    }
}

/// In which order keys are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// That of their bytes, which is the store's too: what a listing lacks shows on the way.
    Bytes,
    /// One that the source alone knows, and keeps to: a listing can go on behind a key.
    Own,
}

/// A walk over all keys of a source, each once, in the source's [`Order`].
pub trait Listing: Send {
    /// The next keys; an empty answer means that there are no more.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the listing cannot go on; what it gave so far proves no deletion.
    fn next(&mut self) -> Answer<'_, Result<Vec<Listed>, SourceError>>;

    /// Places that could not be listed, each with its reason. A listing with any is not
    /// complete: nothing may be deleted on its word.
    fn gaps(&self) -> &[Gap];
}

/// What the store remembers a source by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name, unique in the store.
    pub name: String,
    /// What kind it is: `directory`.
    pub kind: &'static str,
    /// Its settings as JSON, without secrets; enough to make it again.
    pub settings: String,
}

/// The version of a source, where it can name one, such as a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceVersion(pub Option<String>);

/// A key, and what is known of its item without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The key.
    pub key: ItemKey,
    /// What stands there.
    pub kind: ListedKind,
}

/// What stands at a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedKind {
    /// Something to read.
    Item {
        /// Its length in bytes when it was listed.
        size_bytes: u64,
        /// Git's name for its content, where the source knows it unread.
        git_sha1: Option<String>,
    },
    /// Something that was read on the way.
    Delivered {
        /// The bytes.
        content: Vec<u8>,
        /// BLAKE3 of `content`.
        content_digest: Digest,
    },
    /// Something that will not be read, and why.
    Skipped {
        /// Why.
        reason: SkipReason,
        /// What was seen, for a person.
        detail: String,
    },
}

/// One item that was to be read.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// Its content.
    Item(SourceItem),
    /// Left out after all.
    Skipped {
        /// Why.
        reason: SkipReason,
        /// What was seen, for a person.
        detail: String,
    },
    /// What came is not what was listed, by whichever way it was asked for.
    Corrupt {
        /// What was seen, for a person.
        detail: String,
    },
}

/// A place that a listing could not look into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The place, as a key.
    pub place: String,
    /// What the operating system or the server said.
    pub reason: String,
}

/// A source failed as a whole. Never a reason to delete anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// It is not there, or is no longer what it was.
    #[error("the source {name} is gone: {reason}")]
    Gone {
        /// Its name.
        name: String,
        /// What was seen.
        reason: String,
    },
    /// It is there and will not answer; trying again may work.
    #[error("the source {name} failed: {reason}")]
    Failed {
        /// Its name.
        name: String,
        /// What was seen.
        reason: String,
    },
    /// It failed again and again, with all due waiting in between.
    #[error("the source {name} failed: {reason}")]
    GaveUp {
        /// Its name.
        name: String,
        /// What was seen last.
        reason: String,
    },
    /// It will not answer whoever asks now.
    #[error("the source {name} refuses: {reason}")]
    Denied {
        /// Its name.
        name: String,
        /// What it said, and which setting that is about.
        reason: String,
    },
    /// Its settings make no sense.
    #[error("{setting}: {reason}")]
    Settings {
        /// Which setting.
        setting: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl SourceError {
    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Gone { .. } => "source_gone",
            Self::Failed { .. } | Self::GaveUp { .. } => "source_failed",
            Self::Denied { .. } => "source_denied",
            Self::Settings { .. } => "bad_setting",
        }
    }

    /// What to do about it, where its kind says more than its code.
    pub fn remedy(&self) -> Option<&'static str> {
        let (Self::Gone { name, .. }
        | Self::Failed { name, .. }
        | Self::GaveUp { name, .. }
        | Self::Denied { name, .. }) = self
        else {
            return None;
        };
        let is_of = |kind: &str| name.starts_with(kind);
        Some(match self {
            Self::Gone { .. } if is_of("postgres:") => {
                "check the name of the database in its connection string; nothing was deleted"
            }
            Self::Gone { .. } if is_of("sqlite:") => {
                "give the path of an SQLite database; nothing was deleted"
            }
            Self::Denied { .. } if is_of("github:") => {
                "check the repository's name and the token (GITHUB_TOKEN)"
            }
            Self::Denied { .. } if is_of("postgres:") => {
                "check user, password (PGPASSWORD) and sslmode, and what the user may select"
            }
            Self::Denied { .. } if is_of("sqlite:") => {
                "make the file readable for this user, and its folder writable if it has a log"
            }
            Self::Denied { .. } => "let the user of the database read it, or leave it out",
            _ => return None,
        })
    }

    /// Whether trying again may work.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}
