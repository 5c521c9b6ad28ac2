//! Behaviour, through the public API, one file a topic.

#[path = "../support/hand_fed.rs"]
mod hand_fed;

#[cfg(feature = "cli")]
mod cli;
mod confluence;
mod faults;
mod files;
mod hub;
mod increments;
mod interleavings;
#[cfg(all(feature = "cli", unix))]
#[path = "../support/pages.rs"]
pub mod pages;
mod repository;
mod sync;
mod tidy;
