//! Behaviour, through the public API, one file a topic.

#[path = "../support/hand_fed.rs"]
mod hand_fed;

#[cfg(feature = "cli")]
mod cli;
mod confluence;
mod faults;
mod files;
#[cfg(all(feature = "github", unix))]
#[path = "../support/github/mod.rs"]
mod github;
#[cfg(all(feature = "github", unix))]
mod github_sync;
mod hub;
mod increments;
mod interleavings;
mod json_ld;
mod legacy;
#[path = "../support/old_database.rs"]
mod old_database;
#[cfg(all(feature = "owl", feature = "cli"))]
mod owl;
#[cfg(all(feature = "cli", unix))]
#[path = "../support/pages.rs"]
pub mod pages;
#[cfg(all(feature = "postgres", unix))]
#[path = "../support/postgres.rs"]
mod postgres;
#[cfg(all(feature = "postgres", unix))]
#[path = "../support/postgres_beside.rs"]
mod postgres_beside;
mod repository;
#[path = "../support/row_walk.rs"]
mod row_walk;
mod rows;
#[cfg(all(feature = "postgres", unix))]
mod rows_postgres;
mod rows_sqlite;
mod sync;
mod tidy;
mod withdrawals;
