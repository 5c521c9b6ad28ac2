//! One run in a process of its own, and what it came to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use driftless::config::{Config, SyncOptions};
use driftless::engine::Engine;
use driftless::source::directory::{Directory, DirectorySettings};
use serde::{Deserialize, Serialize};

use crate::memory::peak_mib;
use crate::peer;

/// Larger than any document here.
const LARGEST_ITEM_BYTES: u64 = 256 << 20;

/// Who does it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Way {
    Ours,
    /// One thread, which writes the rows of a store that there is.
    Peer(PathBuf),
}

#[derive(Serialize, Deserialize)]
struct Order {
    way: Way,
    documents: PathBuf,
    store: PathBuf,
}

/// What a run came to.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// From opening the store to closing it.
    pub(crate) seconds: f64,
    pub(crate) bytes: u64,
    /// Rows of axioms and declarations.
    pub(crate) axioms: u64,
    pub(crate) peak_mib: f64,
}

/// Runs one way over `documents` in a process of its own.
pub(crate) fn run(way: Way, documents: &Path, store: &Path) -> Outcome {
    let order = Order { way, documents: documents.to_owned(), store: store.to_owned() };
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["child", &serde_json::json!(order).to_string()])
        .output()
        .expect("a child");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    serde_json::from_slice(&child.stdout).expect("an outcome")
}

/// What the process does.
pub(crate) fn child(order: &str) {
    let Order { way, documents, store } = serde_json::from_str(order).expect("an order");
    let seconds = match way {
        Way::Ours => ours(&documents, &store),
        Way::Peer(reference) => peer::sync(&documents, &reference, &store),
    };
    let peak_mib = peak_mib();
    let bytes = peer::files(&documents).iter().map(|it| it.metadata().expect("a file").len()).sum();
    let axioms = axioms(&store);
    println!("{}", serde_json::json!(Outcome { seconds, bytes, axioms, peak_mib }));
}

fn ours(documents: &Path, store: &Path) -> f64 {
    let begun = Instant::now();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).max_blocking_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let config = Config { item_timeout: Duration::from_secs(300), ..Config::default() };
        let engine = Engine::open(store, config).await.expect("a store");
        let mut settings = DirectorySettings::new(documents);
        settings.largest_item_bytes = LARGEST_ITEM_BYTES;
        let source = Arc::new(Directory::new(settings).expect("a directory"));
        let job = engine.sync(source, SyncOptions::default()).await.expect("a job");
        let report = job.finished().await.expect("a report");
        engine.close().await;
        assert_eq!(report.counters.rejected, 0, "{:?}", report.errors);
    });
    begun.elapsed().as_secs_f64()
}

fn axioms(store: &Path) -> u64 {
    let store = rusqlite::Connection::open(store).expect("a store");
    let sql = "select (select count(*) from axiom) + (select count(*) from declaration)";
    store.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number") as u64
}
