//! Driftless keeps a validated, searchable store true to its sources.

pub mod checkpoint;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
pub mod engine;
mod failpoint;
pub mod fingerprint;
pub mod iri;
pub mod item;
pub mod job;
pub mod name;
pub mod parse;
pub mod pipeline;
pub mod progress;
pub mod record;
pub mod source;
pub mod store;
pub mod telemetry;
