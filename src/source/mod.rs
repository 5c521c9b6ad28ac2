//! Sources: where items are listed and read.
//!
//! A source works in two steps. It *lists* keys in the order of their bytes, and it *fetches*
//! the bytes of what it is asked for. In between the engine decides what is needed; a source
//! knows no store. Each source owns its settings.

pub mod directory;

use std::future::Future;
use std::pin::Pin;

use crate::item::{ItemKey, SkipReason, SourceItem};

/// An answer that may take a while. Boxed, for sources are chosen at run time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where items come from. Shared by listing, fetching and the look before a deletion.
pub trait Source: Send + Sync + 'static {
    /// What the store remembers the source by.
    fn description(&self) -> Description;

    /// The largest item it delivers, in bytes; larger ones are listed as skipped.
    fn largest_item_bytes(&self) -> u64;

    /// Finds out whether the source can be read, and which version it has.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if it cannot be read at all.
    fn pin(&self) -> Answer<'_, Result<SourceVersion, SourceError>>;

    /// Counts the items, for a progress bar: an estimate that nothing else relies on.
    fn count(&self) -> Answer<'_, Option<u64>>;

    /// Starts a listing from the first key on.
    fn list(&self) -> Box<dyn Listing>;

    /// Reads items, in the order asked for. One that cannot be read is a value, not an error.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the source as a whole fails; nothing is known of the items then.
    fn fetch<'a>(&'a self, wanted: &'a [Listed]) -> Answer<'a, Result<Vec<Fetched>, SourceError>>;

    /// Whether the source has an item of this key right now: the look before a deletion.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if that cannot be told.
    fn has<'a>(&'a self, key: &'a ItemKey) -> Answer<'a, Result<bool, SourceError>>;
}

/// A walk over all keys of a source, each once, in the order of their bytes.
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
            Self::Failed { .. } => "source_failed",
            Self::Settings { .. } => "bad_setting",
        }
    }

    /// Whether trying again may work.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}
