//! Behaviour, through the public API, one file a topic.

#[cfg(feature = "cli")]
mod cli;
#[cfg(all(feature = "cli", unix))]
#[path = "../support/pages.rs"]
pub mod pages;
mod sync;
