//! Driftless keeps a validated, searchable store true to its sources.
//!
//! A source lists items and reads them; workers parse and check them; a writer stores each in
//! a transaction of its own; progress is checkpointed behind them. Whatever happens on the
//! way, running again ends in the store that a rebuild from scratch would make.
//!
//! ```text
//!  source             pipeline                          store             progress
//! ┌────────┐  item  ┌──────────────┐ envelope ┌────────┐ tx ┌────────┐ outcome ┌────────────┐
//! │ Source ├───────▶│ source_actor ├─────────▶│ worker ├───▶│ writer ├────────▶│ actor      │
//! └────────┘        └──────▲───────┘          └────────┘    └────────┘         │ watermark  │
//!                          └── a place in flight is free ◀──────────────────── │ checkpoint │
//!                                                                              └────────────┘
//! ```
//!
//! # What always holds
//!
//! * One item, one transaction, with its fingerprint, its outcome and its place in the job.
//! * Every item ends in exactly one outcome, and counters add up; see [`checkpoint::Counters`].
//! * Nothing is deleted without the proof of a complete listing, and not much without approval.
//! * After `kill -9` the next run goes on; nothing has to be repaired.
//! * Memory is bounded by places in flight, not by the number of items.
//! * The final store depends neither on order nor on crashes.
//!
//! # Start here
//!
//! [`engine::Engine`] opens a store and runs jobs on it:
//!
//! ```
//! use std::sync::Arc;
//!
//! use driftless::config::{Config, SyncOptions};
//! use driftless::engine::Engine;
//! use driftless::source::directory::{Directory, DirectorySettings};
//!
//! # let folder = tempfile::tempdir()?;
//! # let (pages, store) = (folder.path().join("pages"), folder.path().join("store.db"));
//! # std::fs::create_dir(&pages)?;
//! # std::fs::write(pages.join("Dam.md"), "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n")?;
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let engine = Engine::open(&store, Config::default()).await?;
//! let source = Arc::new(Directory::new(DirectorySettings::new(&pages))?);
//! let job = engine.sync(source, SyncOptions::default()).await?;
//! let report = job.finished().await?;
//! assert_eq!(report.counters.written, 1);
//! assert_eq!(report.totals.classes, 1);
//! engine.close().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The modules, in reading order
//!
//! Words: [`item`], [`name`], [`iri`], [`record`], [`fingerprint`], [`checkpoint`], [`job`].
//! Plain parts that know nothing of each other: [`source`], [`parse`], [`store`]; and [`legacy`],
//! which reads old databases. Actors:
//! [`pipeline`], [`progress`]. The face: [`engine`], [`config`]. [`telemetry`] lists the
//! metrics.

pub mod item;
pub mod name;

pub mod checkpoint;
pub mod claim;
pub mod entity;
pub mod fingerprint;
pub mod iri;
pub mod job;
pub mod owl;
pub mod record;
pub mod row;

mod cpu_time;
mod failpoint;
pub mod telemetry;

#[cfg(feature = "owl")]
pub mod isolation;
pub mod legacy;
pub mod parse;
pub mod source;
pub mod store;

pub mod pipeline;
pub mod progress;

pub mod config;
pub mod engine;

#[cfg(feature = "cli")]
pub mod cli;

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
