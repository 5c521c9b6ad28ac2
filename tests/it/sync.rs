//! Syncing a directory: what ends where.

use std::path::Path;
use std::sync::Arc;

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, Report};
use driftless::source::directory::{Directory, DirectorySettings};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ontology-pages");

async fn sync(store: &Path, root: &Path) -> Report {
    let engine = Engine::open(store, Config::default()).await.expect("a store");
    let source = Directory::new(DirectorySettings::new(root)).expect("a source");
    let job = engine.sync(Arc::new(source), SyncOptions::default()).await.expect("a job");
    let report = job.finished().await.expect("a report");
    assert_eq!(engine.violations().await.expect("checked"), Vec::<String>::new());
    engine.close().await;
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fixture_page_is_accounted_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let report = sync(&folder.path().join("store.db"), Path::new(FIXTURES)).await;
    let counters = report.counters;
    assert_eq!((counters.listed, counters.written, counters.skipped), (86, 81, 5));
    assert_eq!((counters.rejected, counters.pending(), counters.in_flight), (0, 0, 0));
}
