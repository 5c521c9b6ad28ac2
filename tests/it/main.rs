//! Behaviour, through the public API, one file a topic.

#[path = "../support/hand_fed.rs"]
mod hand_fed;

mod confluence;
mod faults;
mod files;
mod hub;
mod increments;
mod interleavings;
mod repository;
mod sync;
