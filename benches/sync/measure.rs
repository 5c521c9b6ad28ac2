//! How the engine is run and watched here.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant};

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Engine, JobHandle};
use driftless::source::directory::{Directory, DirectorySettings};
use driftless::telemetry::WRITE_SECONDS;
use metrics::{
    Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use tokio::runtime::Runtime;

use crate::memory::peak_mib;

/// Durations of one thing.
#[derive(Default)]
pub(crate) struct Runs(Vec<Duration>);

impl Runs {
    pub(crate) fn add(&mut self, work: impl FnOnce()) {
        let begun = Instant::now();
        work();
        self.note(begun.elapsed());
    }

    pub(crate) fn note(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn median(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted[sorted.len() / 2]
    }

    /// The median of this over the other, run by run.
    pub(crate) fn over(&self, other: &Self) -> f64 {
        let ratio = |(a, b): (&Duration, &Duration)| a.as_secs_f64() / b.as_secs_f64();
        let mut ratios: Vec<f64> = self.0.iter().zip(&other.0).map(ratio).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    }
}

/// One whole sync: open, run, close, as a process does it.
pub(crate) fn sync(store: &Path, root: &Path) {
    record_writes();
    runtime().block_on(async {
        let engine = Engine::open(store, Config::default()).await.expect("a store");
        let report = start(&engine, root).await.finished().await.expect("a report");
        assert_eq!(report.counters.pending(), 0);
        engine.close().await;
    });
}

/// Runs until so many items are written, then ends as a killed process does.
pub(crate) fn abandon_at(store: &Path, root: &Path, written: u64) {
    runtime().block_on(async {
        let engine = Engine::open(store, Config::default()).await.expect("a store");
        let job = start(&engine, root).await;
        let mut progress = job.progress();
        progress.wait_for(|now| now.counters.written >= written).await.expect("progress");
        job.abandon();
        assert!(job.finished().await.is_err(), "the job ended before it was cut off");
        engine.close().await;
    });
}

/// The time from opening a store to the first item written by a continued job.
pub(crate) fn first_commit(store: &Path, root: &Path) -> Duration {
    let begun = Instant::now();
    runtime().block_on(async {
        let engine = Engine::open(store, Config::default()).await.expect("a store");
        let job = start(&engine, root).await;
        // Bytes are counted when an item has been written by this attempt.
        job.progress().wait_for(|now| now.counters.bytes > 0).await.expect("progress");
        let took = begun.elapsed();
        job.abandon();
        assert!(job.finished().await.is_err());
        engine.close().await;
        took
    })
}

/// The peak memory of a process of its own that syncs `root`, in MiB.
pub(crate) fn peak_memory_mib(store: &Path, root: &Path) -> f64 {
    let child = Command::new(std::env::current_exe().expect("this program"))
        .arg("child")
        .args([store, root])
        .output()
        .expect("a child");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    String::from_utf8_lossy(&child.stdout).trim().parse().expect("a number")
}

/// What the child does: one sync, then its peak memory on stdout.
pub(crate) fn child(store: &Path, root: &Path) {
    sync(store, root);
    println!("{}", peak_mib());
}

/// What changes when content is written: per table the number of rows and the largest rowid,
/// and when items were last decided.
pub(crate) fn content_state(store: &Path) -> Vec<i64> {
    let connection = rusqlite::Connection::open(store).expect("a store");
    let sql = "select count(*) from page union all select max(decided_at_ms) from item
        union all select max(id) from name union all select largest_id from forgotten_name
        union all select sum(written_at_ms) from item";
    let mut statement = connection.prepare(sql).expect("sql");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("numbers")
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).max_blocking_threads(2).enable_all();
    builder.build().expect("a runtime")
}

async fn start(engine: &Engine, root: &Path) -> JobHandle {
    let source = Directory::new(DirectorySettings::new(root)).expect("a source");
    engine.sync(Arc::new(source), SyncOptions::default()).await.expect("a job")
}

static WRITES: Mutex<Vec<f64>> = Mutex::new(Vec::new());

/// The seconds of each write since the last call.
pub(crate) fn take_writes() -> Vec<f64> {
    std::mem::take(&mut WRITES.lock().expect("one thread at a time"))
}

/// The 99th percentile.
pub(crate) fn write_p99(mut seconds: Vec<f64>) -> Duration {
    seconds.sort_unstable_by(f64::total_cmp);
    Duration::from_secs_f64(seconds[seconds.len() * 99 / 100])
}

fn record_writes() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| metrics::set_global_recorder(WriteTimes).expect("the only recorder"));
}

/// Keeps every write's time and nothing else.
struct WriteTimes;

impl HistogramFn for WriteTimes {
    fn record(&self, seconds: f64) {
        WRITES.lock().expect("one thread at a time").push(seconds);
    }
}

impl Recorder for WriteTimes {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        if key.name() == WRITE_SECONDS {
            Histogram::from_arc(Arc::new(Self))
        } else {
            Histogram::noop()
        }
    }
}
