//! One sync in a process of its own, and what it came to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use driftless::config::{Config, SyncOptions};
use driftless::engine::Engine;
use driftless::fingerprint::Reading;
use driftless::item::SourceItem;
use driftless::parse::page::{PageParser, PageSettings};
use driftless::parse::{Parsed, Parser};
use driftless::source::Source;
use driftless::source::directory::{Directory, DirectorySettings};
use driftless::source::github::{Github, GithubSettings};
use serde::{Deserialize, Serialize};

use crate::memory::peak_mib;

/// The only token that the server knows.
pub(crate) const TOKEN: &str = "ghp_bench";

/// What is synced.
#[derive(Serialize, Deserialize)]
pub(crate) enum Kind {
    Directory(PathBuf),
    /// The API of a repository `acme/ontology`.
    Github(String),
    /// The same, with whatever comes behind the source taking its time.
    SlowStore(String),
}

#[derive(Serialize, Deserialize)]
struct Order {
    store: PathBuf,
    kind: Kind,
}

/// What a sync came to.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// From opening the store to closing it.
    pub(crate) seconds: f64,
    pub(crate) written: u64,
    pub(crate) requests: u64,
    pub(crate) peak_mib: f64,
}

/// Runs one sync in a process of its own.
pub(crate) fn run(store: &Path, kind: &Kind) -> Outcome {
    let order = serde_json::json!({ "store": store, "kind": kind }).to_string();
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args(["child", &order])
        .output()
        .expect("a child");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    serde_json::from_slice(&child.stdout).expect("an outcome")
}

/// What the process does.
pub(crate) fn child(order: &str) {
    let Order { store, kind } = serde_json::from_str(order).expect("an order");
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).max_blocking_threads(2).enable_all().build();
    let begun = Instant::now();
    let report = runtime.expect("a runtime").block_on(async {
        let config = Config::default();
        let delay = matches!(kind, Kind::SlowStore(_)).then_some(Duration::from_millis(20));
        let parser = Slow { parser: PageParser::new(PageSettings::default()), delay };
        let engine = Engine::open_with_parser(&store, config, Arc::new(parser)).await;
        let engine = engine.expect("a store");
        let job = engine.sync(source(kind), SyncOptions::default()).await.expect("a job");
        let report = job.finished().await.expect("a report");
        engine.close().await;
        report
    });
    let outcome = Outcome {
        seconds: begun.elapsed().as_secs_f64(),
        written: report.counters.written,
        requests: report.traffic.map_or(0, |traffic| traffic.requests),
        peak_mib: peak_mib(),
    };
    println!("{}", serde_json::json!(outcome));
}

fn source(kind: Kind) -> Arc<dyn Source> {
    match kind {
        Kind::Directory(root) => {
            Arc::new(Directory::new(DirectorySettings::new(root)).expect("a directory"))
        }
        Kind::Github(api_url) | Kind::SlowStore(api_url) => {
            let mut settings = GithubSettings::new("acme/ontology".parse().expect("an address"));
            settings.api_url = api_url;
            Arc::new(Github::new(settings, Some(TOKEN.into())).expect("a repository"))
        }
    }
}

/// The page parser, which may take its time.
struct Slow {
    parser: PageParser,
    delay: Option<Duration>,
}

impl Parser for Slow {
    fn reading(&self) -> Reading {
        self.parser.reading()
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        if let Some(delay) = self.delay {
            std::thread::sleep(delay);
        }
        self.parser.parse(item)
    }
}
