//! Ontology pages: Logseq Markdown with `key:: value` properties, in every generation.
//!
//! OWL fences are found and kept; reading their axioms is not done here.

mod record;

pub use record::{
    Block, Dialect, Fence, Link, OwlProperty, OwlPropertyKind, Page, Property, Reference,
    SUBCLASS_OF, SuppliedName,
};
