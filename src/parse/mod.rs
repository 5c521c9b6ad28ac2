//! Parsers: bytes in, a record with every diagnostic out.
//!
//! Pure and synchronous: no store, no clock, no I/O, no threads. A parser gives what it
//! understood *and* what it could not use; giving up a whole item is the last resort.

pub mod file;
mod findings;
pub mod owl;
pub mod page;
pub mod row;

use crate::fingerprint::Reading;
use crate::item::{SkipReason, SourceItem};
pub use crate::record::{Diagnostic, Level, Rejection, Stage};
use crate::record::{Document, OwlDocument, Page};
pub use findings::CODES;

/// JSON-LD context documents by the addresses that files cite them under.
pub type Contexts = std::sync::Arc<std::collections::BTreeMap<String, String>>;

/// The code of a rejection that is none: the item took too long, which may be the machine's fault.
pub const TIMED_OUT: &str = "timed_out";

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
    /// An OWL document to store.
    Ontology(Box<OwlDocument>),
    /// A row's document to store.
    Document(Box<Document>),
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
