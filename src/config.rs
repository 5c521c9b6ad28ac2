//! The configuration: every default is a constant with its unit and its reason.

mod databases;
#[cfg(feature = "cli")]
mod declaration;
#[cfg(feature = "cli")]
mod entities;
#[cfg(feature = "cli")]
mod file;
#[cfg(feature = "cli")]
mod import;
mod sources;
#[cfg(feature = "cli")]
mod suggest;
#[cfg(all(test, feature = "cli"))]
mod tests;
#[cfg(feature = "cli")]
mod variables;
#[cfg(feature = "cli")]
mod written;

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

pub use databases::{DatabaseSettings, RowsSettings};
#[cfg(feature = "cli")]
pub use file::{BadFile, File, FileEntity, FileSource};
#[cfg(feature = "cli")]
pub use import::{Imported, import};
pub use sources::{Secrets, SourceSettings};
#[cfg(feature = "github")]
pub use sources::{github_api_from_environment, github_from_environment};
#[cfg(feature = "cli")]
pub use suggest::{Suggestion, Suggestions};

#[cfg(feature = "owl")]
use crate::isolation::Isolation;
use crate::item::ItemKey;
use crate::parse::page::PageSettings;
use crate::store::Durability;

/// Worker actors. Each waits for a thread that parses and then for the store; fewer now and
/// then leave the writer without an item, more only wait for the writer.
pub const WORKERS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// Items between source and store at once. Pages of ten KiB then hold 2.5 MiB, and eight
/// workers stay busy while one question to the source is waited for.
pub const IN_FLIGHT_ITEMS: u32 = 256;

/// Bytes of content between source and store at once: what keeps memory bounded when items
/// are large. Never less than the largest item a source delivers.
pub const IN_FLIGHT_BYTES: u64 = 16 * 1024 * 1024;

/// Rows committed together at most, each whole or not at all. The index writes its words once a
/// commit, so with 128 a first sync took a sixth longer; with a thousand it was no faster, and a
/// crash costs more of them.
pub const GROUP_ITEMS: NonZeroUsize = NonZeroUsize::new(500).unwrap();

/// How long one item may be parsed, in processor time where the system tells it. The largest page
/// ever seen takes milliseconds.
pub const ITEM_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a job that was told to rest or end waits for what is in flight. A parse that has
/// not returned by then is left behind, and its item is pending again.
pub const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// Deletions of this many items are never held back.
pub const GUARD_ITEMS: u64 = 10;

/// Deletions of this share of the stored items are never held back, in percent.
pub const GUARD_PERCENT: u64 = 10;

/// The scope of identifiers where none is configured.
pub const ONTOLOGY_ID: &str = "default";

/// How an engine works.
#[derive(Clone, Debug)]
pub struct Config {
    /// What a commit survives.
    pub durability: Durability,
    /// Worker actors.
    pub workers: NonZeroUsize,
    /// Items between source and store at once; of rows at least four groups.
    pub in_flight_items: u32,
    /// Bytes of content between source and store at once.
    pub in_flight_bytes: u64,
    /// Rows committed together at most. Files are always committed one by one.
    pub group_items: NonZeroUsize,
    /// How long one item may be parsed.
    pub item_timeout: Duration,
    /// How long a stop waits for what is in flight.
    pub drain_limit: Duration,
    /// The scope of the identifiers that items state.
    pub ontology_id: String,
    /// How files are read.
    pub pages: PageSettings,
    /// Where the parsers run that are not ours.
    #[cfg(feature = "owl")]
    pub isolation: Isolation,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            workers: WORKERS,
            in_flight_items: IN_FLIGHT_ITEMS,
            in_flight_bytes: IN_FLIGHT_BYTES,
            group_items: GROUP_ITEMS,
            item_timeout: ITEM_TIMEOUT,
            drain_limit: DRAIN_LIMIT,
            ontology_id: ONTOLOGY_ID.to_owned(),
            pages: PageSettings::default(),
            #[cfg(feature = "owl")]
            isolation: Isolation::default(),
        }
    }
}

/// What one run is asked to do.
#[derive(Clone, Debug, Default)]
pub struct SyncOptions {
    /// Write unchanged items again.
    pub force: bool,
    /// Delete even if the guard would hold it back, but never more items than this.
    pub approve_deletions: Option<u64>,
    /// Items to look at; all of them if there are none here. Others are then left alone.
    pub keys: Vec<ItemKey>,
    /// Items to take up a minute at most.
    pub per_minute: Option<NonZeroU32>,
}
