//! Driftless keeps a validated, searchable store true to its sources.

pub mod fingerprint;
pub mod iri;
pub mod item;
pub mod name;
pub mod parse;
