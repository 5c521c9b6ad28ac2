//! Crashes: a real process that syncs, killed in every way, and the store that it leaves.
//!
//! Failpoints are set only in victims, never in this process: they are global, and other
//! tests run beside.

#[path = "../support/hand_fed.rs"]
mod hand_fed;
#[expect(unreachable_pub, reason = "one file, used by more than one crate")]
#[path = "../support/pages.rs"]
mod pages;

mod documents;
#[path = "../support/github/mod.rs"]
mod github;
mod imports;
mod kills;
mod leases;
#[path = "../support/old_database.rs"]
mod old_database;
mod oracle;
mod points;
mod remote;
mod rows;
mod sabotage;
mod scene;
mod surroundings;
mod table;
mod victim;
mod workers;
