//! How scans end.

use crate::item::ItemKey;
use crate::source::{Gap, SourceError};
use crate::store::StoreError;

/// How a scan ended, with everything it handed out finished or given back.
#[derive(Debug)]
pub(crate) enum ScanEnd {
    /// Every key was seen, but for those in the gaps.
    Listed {
        /// Places that could not be listed.
        gaps: Vec<Gap>,
        /// Keys that were asked for and that neither source nor store knows.
        unknown: Vec<ItemKey>,
    },
    /// It was told to stop.
    Stopped,
    /// It could not go on.
    Failed(ScanError),
}

/// Why a scan could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The source failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source lists its keys in no order; nothing can be concluded from what is missing.
    #[error("the source lists {after} behind {before}, which is not the order of bytes")]
    Disorder {
        /// A key.
        before: String,
        /// The key listed behind it.
        after: String,
    },
    /// A part of the engine died more often than it may.
    #[error("{0}")]
    Died(String),
}
