//! The configuration: every default is a constant with its unit and its reason.

#[cfg(feature = "cli")]
mod file;
mod sources;

use std::num::NonZeroUsize;
use std::time::Duration;

#[cfg(feature = "cli")]
pub use file::{BadFile, File, FileSource};
pub use sources::{Secrets, SourceSettings};
#[cfg(feature = "github")]
pub use sources::{github_api_from_environment, github_from_environment};

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

/// How long one item may be parsed. The largest page ever seen takes milliseconds.
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
    /// Items between source and store at once.
    pub in_flight_items: u32,
    /// Bytes of content between source and store at once.
    pub in_flight_bytes: u64,
    /// How long one item may be parsed.
    pub item_timeout: Duration,
    /// How long a stop waits for what is in flight.
    pub drain_limit: Duration,
    /// The scope of the identifiers that items state.
    pub ontology_id: String,
    /// How pages are read.
    pub pages: PageSettings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            durability: Durability::default(),
            workers: WORKERS,
            in_flight_items: IN_FLIGHT_ITEMS,
            in_flight_bytes: IN_FLIGHT_BYTES,
            item_timeout: ITEM_TIMEOUT,
            drain_limit: DRAIN_LIMIT,
            ontology_id: ONTOLOGY_ID.to_owned(),
            pages: PageSettings::default(),
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
}
