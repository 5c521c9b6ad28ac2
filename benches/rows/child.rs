//! One sync in a process of its own, and what it came to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use driftless::config::{Config, SyncOptions};
use driftless::engine::Engine;
use driftless::source::postgres::{Postgres, PostgresSettings};
use driftless::source::sqlite::{Sqlite, SqliteSettings};
use driftless::store::{Reader, SearchQuery};
use serde::{Deserialize, Serialize};

use crate::memory::peak_mib;
use crate::shop;

/// Where the rows are.
#[derive(Serialize, Deserialize)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    /// A connection string.
    Postgres(String),
}

#[derive(Serialize, Deserialize)]
struct Order {
    source: Place,
    store: PathBuf,
}

/// What a sync came to.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// From opening the store to closing it.
    pub(crate) seconds: f64,
    pub(crate) listed: u64,
    pub(crate) written: u64,
    pub(crate) deleted: u64,
    pub(crate) peak_mib: f64,
}

/// Runs one sync in a process of its own.
pub(crate) fn run(source: &Place, store: &Path) -> Outcome {
    let order = serde_json::json!({ "source": source, "store": store }).to_string();
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["child", &order])
        .output()
        .expect("a child");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    serde_json::from_slice(&child.stdout).expect("an outcome")
}

/// What the process does.
pub(crate) fn child(order: &str) {
    let Order { source, store } = serde_json::from_str(order).expect("an order");
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).max_blocking_threads(3).enable_all().build();
    let begun = Instant::now();
    let report = runtime.expect("a runtime").block_on(async {
        let engine = Engine::open(&store, Config::default()).await.expect("a store");
        let rows = match source {
            Place::Sqlite(path) => Sqlite::new(SqliteSettings { path }).rows(shop::product()),
            Place::Postgres(url) => {
                let (settings, password) = PostgresSettings::parse(&url).expect("a place");
                Postgres::new(settings, password).and_then(|it| it.rows(shop::product()))
            }
        };
        let rows = rows.expect("rows");
        let job = engine.sync(rows, SyncOptions::default()).await.expect("a job");
        let report = job.finished().await.expect("a report");
        engine.close().await;
        report
    });
    let outcome = Outcome {
        seconds: begun.elapsed().as_secs_f64(),
        listed: report.counters.listed,
        written: report.counters.written,
        deleted: report.counters.deleted,
        peak_mib: peak_mib(),
    };
    println!("{}", serde_json::json!(outcome));
}

/// How long searches took.
pub(crate) struct Searched {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// Searches for two words, so many times.
pub(crate) fn search(store: &Path, times: u64) -> Searched {
    let reader = Reader::open(store).expect("a store");
    let mut took: Vec<f64> = (0..times)
        .map(|number| {
            let begun = Instant::now();
            reader.search(&SearchQuery::words(shop::query(number))).expect("hits");
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    Searched { p50_ms: took[took.len() / 2], p99_ms: took[took.len() * 99 / 100] }
}
