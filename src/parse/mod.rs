//! Parsers: bytes in, a record with every diagnostic out.
//!
//! Pure and synchronous: no store, no clock, no I/O, no threads. A parser gives what it
//! understood *and* what it could not use; giving up a whole item is the last resort.

pub mod page;

use serde::Serialize;

use crate::fingerprint::Reading;
use crate::item::{SkipReason, SourceItem};
use page::Page;

/// Turns items into records. One parser serves several threads at once.
pub trait Parser: Send + Sync + 'static {
    /// The version of the parser and the digest of its settings. The same bytes under
    /// the same reading give the same result, always.
    fn reading(&self) -> Reading;

    /// Reads one item. May take long and may panic: the engine guards both.
    fn parse(&self, item: &SourceItem) -> Parsed;
}

/// What became of an item's bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// Something to store.
    Page(Box<Page>),
    /// Nothing to store, and why; `detail` names what was seen, such as a format.
    Skipped {
        /// Why.
        reason: SkipReason,
        /// What was seen, for a person.
        detail: String,
    },
    /// Nothing can be made of it.
    Rejected(Rejection),
}

/// Why an item cannot be used. A value, not an error: the job goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Where it failed.
    pub stage: Stage,
    /// A stable word, such as `not_text`.
    pub code: &'static str,
    /// For a person, with the numbers that matter.
    pub message: String,
}

/// The part of the engine that an item failed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Reading it from the source.
    Read,
    /// Making a record of it.
    Parse,
    /// Storing the record.
    Store,
}

impl Stage {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Parse => "parse",
            Self::Store => "store",
        }
    }
}

/// How much a diagnostic matters. Neither rejects a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Something is unusual or missing; what was stated is kept.
    Warning,
    /// Something that was stated could not be used.
    Error,
}

impl Level {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding about an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// A stable word, such as `unknown_value`.
    pub code: &'static str,
    /// The line it stands on, from 1; 0 if it is about the whole item.
    pub line: u32,
    /// For a person: what was found and what was expected.
    pub message: String,
}
