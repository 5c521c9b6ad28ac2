//! Confluence of the engine: edits, renames, deletions, syncs and crashes in any order, with
//! any number of workers, end in the store that a rebuild makes.

use std::collections::BTreeSet;
use std::fs;

use driftless::config::{Config, SyncOptions};
use driftless::engine::EngineError;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::Config as Cases;

use crate::repository::{Manner, Repository, class, start};

/// Sequences tried where `PROPTEST_CASES` says nothing; each syncs a few times.
const CASES: u32 = 24;

/// Pages that may exist; several fold together.
const NAMES: [&str; 12] = [
    "Dam",
    "dam",
    "D-am",
    "Weir",
    "Mill Race",
    "mill-race",
    "MillRace",
    "Lock",
    "Sluice",
    "Quay",
    "Pump",
    "Tide",
];

#[derive(Clone, Debug)]
enum Step {
    Write(usize, Vec<usize>),
    Break(usize),
    Delete(usize),
    Rename(usize, usize),
    Sync {
        workers: usize,
        force: bool,
    },
    /// Abandons the job once so many items are finished, then closes the store.
    Crash {
        workers: usize,
        after: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let name = || 0..NAMES.len();
    prop_oneof![
        8 => (name(), vec(name(), 0..4)).prop_map(|(name, parents)| Step::Write(name, parents)),
        1 => name().prop_map(Step::Break),
        3 => name().prop_map(Step::Delete),
        3 => (name(), name()).prop_map(|(from, to)| Step::Rename(from, to)),
        2 => (1..9_usize, proptest::bool::weighted(0.2))
            .prop_map(|(workers, force)| Step::Sync { workers, force }),
        3 => (1..9_usize, 0..40_u64).prop_map(|(workers, after)| Step::Crash { workers, after }),
    ]
}

fn key(name: usize) -> String {
    format!("{}.md", NAMES[name])
}

/// Pages that stay, so that a crash finds the engine at work.
fn begin() -> Repository {
    let repository = Repository::of(30);
    for (n, name) in NAMES.iter().enumerate().step_by(2) {
        repository.write(&key(n), class(name, &["P003", NAMES[(n + 1) % NAMES.len()]]));
    }
    repository
}

fn manner(workers: usize, force: bool) -> Manner {
    let workers = workers.try_into().expect("a worker");
    let config = Config { workers, in_flight_items: 4, ..Config::default() };
    let options = SyncOptions { force, approve_deletions: Some(1_000), ..SyncOptions::default() };
    Manner { config, options, parser: None }
}

async fn take(repository: &Repository, step: &Step) {
    let path = |name: usize| repository.root().join(key(name));
    match step {
        Step::Write(name, parents) => {
            let parents: Vec<_> = parents.iter().map(|parent| NAMES[*parent]).collect();
            repository.write(&key(*name), class(NAMES[*name], &parents));
        }
        Step::Break(name) => repository.write(&key(*name), b"- ### OntologyBlock\n\0"),
        Step::Delete(name) => drop(fs::remove_file(path(*name))),
        Step::Rename(from, to) => drop(fs::rename(path(*from), path(*to))),
        Step::Sync { workers, force } => {
            repository.try_sync(&manner(*workers, *force)).await.expect("a report");
        }
        Step::Crash { workers, after } => crash(repository, *workers, *after).await,
    }
}

async fn crash(repository: &Repository, workers: usize, after: u64) {
    let manner = manner(workers, false);
    let engine = repository.open(&manner).await;
    let job = start(&engine, repository.directory(), &manner.options).await;
    let mut progress = job.progress();
    // The job may end before that, which closes the channel.
    let _ = progress.wait_for(|now| now.counters.finished() >= after).await;
    job.abandon();
    match job.finished().await {
        Ok(_) | Err(EngineError::Abandoned) => {}
        Err(error) => panic!("{error}"),
    }
    engine.close().await;
}

/// Keys of pages that no parser takes: they keep what they stated before.
fn broken(repository: &Repository) -> BTreeSet<String> {
    let is_broken = |name: &usize| {
        fs::read(repository.root().join(key(*name))).is_ok_and(|content| content.contains(&0))
    };
    (0..NAMES.len()).filter(is_broken).map(key).collect()
}

async fn check(steps: &[Step]) {
    let repository = begin();
    for step in steps {
        take(&repository, step).await;
    }
    let report = repository.try_sync(&manner(4, false)).await.expect("a report");
    assert_eq!(report.counters.rejected, broken(&repository).len() as u64);
    // By promise a rejected page keeps an older version; mended, it is as any other.
    for key in broken(&repository) {
        repository.write(&key, class("Mended", &["Dam"]));
    }
    repository.try_sync(&manner(3, false)).await.expect("a report");
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

proptest! {
    #![proptest_config(Cases {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(CASES),
        ..Cases::default()
    })]
    #[test]
    fn whatever_happens_in_between_the_end_is_that_of_a_rebuild(steps in vec(step(), 1..16)) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(check(&steps));
    }
}
