//! Syncs of the rows of a table, beside one hand-written thread that does the same without
//! validation, fingerprints or a way back, in one run.
//!
//! Run with `cargo bench --bench rows`; with a number of rows behind `--`, that many are synced
//! once and nothing else is done. Prints a table; ends with 1 if a stated limit is missed. Every
//! sync is in a process of its own.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod child;
#[path = "../support/memory.rs"]
mod memory;
mod peer;
#[expect(dead_code, reason = "a bench uses some of what tests use")]
#[path = "../../tests/support/postgres.rs"]
mod postgres;
mod shop;
#[path = "../support/table.rs"]
mod table;

use std::path::Path;
use std::time::Instant;

use child::{Outcome, Place, run, search};
use postgres::TestDatabase;
use table::Line;

/// Runs of each kind; their median counts.
const RUNS: usize = 3;

/// Rows of the usual table.
const ROWS: u64 = 100_000;

/// Rows of the large one.
const MANY_ROWS: u64 = 1_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, child, order] = &arguments[..]
        && child == "child"
    {
        return child::child(order);
    }
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(rows) = arguments.iter().skip(1).find_map(|it| it.parse::<u64>().ok()) {
        return by_hand(folder.path(), rows);
    }
    let mut lines = Vec::new();
    usual(folder.path(), &mut lines);
    of_postgres(folder.path(), &mut lines);
    table::finish(&lines);
}

/// One sync and one more that finds nothing changed.
fn by_hand(folder: &Path, rows: u64) {
    let (path, store) = (folder.join("shop.db"), folder.join("store.db"));
    shop::fill(&path, 1..=rows);
    let source = Place::Sqlite(path.clone());
    for what in ["first", "second"] {
        let it = run(&source, &store);
        println!("{what} sync of {rows} rows: {}", figure(&it));
    }
    let searched = search(&store, 200);
    println!("search: p50 {:.1} ms, p99 {:.1} ms", searched.p50_ms, searched.p99_ms);
    println!("source {} MB, store {} MB", mb(&path), mb(&store));
}

fn mb(path: &Path) -> u64 {
    std::fs::metadata(path).expect("a file").len() / 1_000_000
}

fn rate(it: &Outcome) -> f64 {
    it.listed as f64 / it.seconds
}

fn figure(it: &Outcome) -> String {
    format!("{:.2} s, {:.0} rows/s, {:.1} MiB", it.seconds, rate(it), it.peak_mib)
}

fn is_small(it: &Outcome) -> bool {
    it.peak_mib * 1.048_576 < 100.0
}

/// First syncs beside those of the hand-written thread, in turns; their medians.
fn beside(folder: &Path, name: &str, source: &Place, peer: impl Fn(&Path)) -> (Outcome, f64) {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for n in 0..RUNS {
        ours.push(run(source, &folder.join(format!("{name}-{n}.db"))));
        let begun = Instant::now();
        peer(&folder.join(format!("{name}-peer-{n}.db")));
        peers.push(begun.elapsed().as_secs_f64());
    }
    peers.sort_by(f64::total_cmp);
    (median(ours), peers[RUNS / 2])
}

fn median(mut outcomes: Vec<Outcome>) -> Outcome {
    outcomes.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    outcomes.swap_remove(outcomes.len() / 2)
}

fn usual(folder: &Path, lines: &mut Vec<Line>) {
    let path = folder.join("shop.db");
    shop::fill(&path, 1..=ROWS);
    let source = Place::Sqlite(path.clone());
    let (first, peer) = beside(folder, "sqlite", &source, |store| peer::index_sqlite(&path, store));
    lines.push(first_line("first sync, 100,000 rows of SQLite", &first, peer));
    let again = || {
        let stores = (0..RUNS).map(|n| folder.join(format!("sqlite-{n}.db")));
        median(stores.map(|store| run(&source, &store)).collect())
    };
    let second = again();
    shop::remove(&path, 500);
    lines.push(again_line(&first, &second, &again()));
    let searched = search(&folder.join("sqlite-0.db"), 500);
    lines.push(Line {
        what: "search, two words among 100,000 documents".into(),
        figure: format!("p50 {:.1} ms, p99 {:.1} ms", searched.p50_ms, searched.p99_ms),
        limit: "".into(),
        is_kept: true,
    });
    many(folder, &first, lines);
}

fn first_line(what: &'static str, first: &Outcome, peer: f64) -> Line {
    let ratio = peer / first.seconds;
    Line {
        what: what.into(),
        figure: format!("{}; hand-written {peer:.2} s: {ratio:.2} of its rate", figure(first)),
        limit: ">= 0.5 of the hand-written rate, < 100 MB".into(),
        is_kept: ratio >= 0.5 && is_small(first),
    }
}

fn again_line(first: &Outcome, second: &Outcome, third: &Outcome) -> Line {
    let share = second.seconds.max(third.seconds) / first.seconds;
    Line {
        what: "again, nothing changed; then 500 rows gone".into(),
        figure: format!(
            "{:.2} s, {:.2} s with {} deleted: {share:.3} of the first",
            second.seconds, third.seconds, third.deleted
        ),
        limit: "<= 0.15 of the first, all deletions seen".into(),
        is_kept: share <= 0.15 && third.deleted == 500 && second.written == 0,
    }
}

fn many(folder: &Path, usual: &Outcome, lines: &mut Vec<Line>) {
    let path = folder.join("many.db");
    shop::fill(&path, 1..=MANY_ROWS);
    let many = run(&Place::Sqlite(path), &folder.join("many-store.db"));
    lines.push(many_line("first sync, 1,000,000 rows of SQLite", usual, &many));
}

fn many_line(what: &'static str, usual: &Outcome, many: &Outcome) -> Line {
    let (growth, kept) = (many.peak_mib / usual.peak_mib - 1.0, rate(many) / rate(usual));
    Line {
        what: what.into(),
        figure: format!("{}: {:+.1} % memory, {kept:.2} of the rate", figure(many), growth * 100.0),
        limit: "memory <= +10 %, < 100 MB, rate >= 0.85".into(),
        is_kept: growth <= 0.1 && is_small(many) && kept >= 0.85,
    }
}

/// The same of PostgreSQL, on this machine.
fn of_postgres(folder: &Path, lines: &mut Vec<Line>) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let filled = |rows: u64| {
        runtime.block_on(async {
            let database = TestDatabase::of("").await;
            shop::fill_postgres(&database.owner, 1..=rows).await;
            let url = database.url("postgres", "127.0.0.1", "sslmode=disable");
            (database, url)
        })
    };
    let (_usual, url) = filled(ROWS);
    let source = Place::Postgres(url.clone());
    let (first, peer) =
        beside(folder, "postgres", &source, |store| peer::index_postgres(&url, store));
    lines.push(first_line("first sync, 100,000 rows of PostgreSQL", &first, peer));
    let (_many, url) = filled(MANY_ROWS);
    let many = run(&Place::Postgres(url), &folder.join("postgres-many.db"));
    lines.push(many_line("first sync, 1,000,000 rows of PostgreSQL", &first, &many));
}
