//! Whole syncs of generated pages, each beside something to compare it with in the same run.
//!
//! Run with `cargo bench --bench sync`. Prints a table; fails if a stated limit is missed, so
//! that a slow build is noticed. Runs alternate and medians count, for machines are shared.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod measure;
#[path = "../support/memory.rs"]
mod memory;
#[path = "../../tests/support/pages.rs"]
pub mod pages;
mod peers;
#[path = "../support/stored.rs"]
mod stored;
#[path = "../support/table.rs"]
mod table;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use driftless::fingerprint::Digest;
use driftless::item::{ItemKey, SourceItem};
use driftless::parse::Parser;
use driftless::parse::page::{PageParser, PageSettings};
use measure::{Runs, peak_memory_mib, write_p99};
use pages::{Corpus, Summary};
use table::Line;

/// Runs of each kind; their median counts.
const RUNS: usize = 7;

const SEED: u64 = 20_261_122;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, "child", store, root] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    {
        return measure::child(Path::new(store), Path::new(root));
    }
    let mut lines = Vec::new();
    let folder = tempfile::tempdir().expect("a folder");
    let small = folder.path().join("974");
    let corpus = corpus(974, &small);
    println!("974 pages: {corpus}\n");
    first_sync(folder.path(), &small, &corpus, &mut lines);
    let today = folder.path().join("today");
    let of_today = Corpus::of_today(SEED, 974).write(&today).expect("pages");
    println!("974 pages of today: {of_today}\n");
    pages_of_today(folder.path(), &today, &mut lines);
    parsers(&mut lines);
    edits(folder.path(), &mut lines);
    let large = folder.path().join("14000");
    let many = self::corpus(14_000, &large);
    println!("14,000 pages: {many}\n");
    memory(folder.path(), &small, &large, &mut lines);
    resume(folder.path(), &large, &mut lines);
    table::finish(&lines);
}

fn corpus(pages: usize, root: &Path) -> Summary {
    fs::create_dir_all(root).expect("a folder");
    Corpus::new(SEED, pages).write(root).expect("pages")
}

/// The first sync beside the raw limit and the naive way, and the second one beside the first.
fn first_sync(folder: &Path, root: &Path, corpus: &Summary, lines: &mut Vec<Line>) {
    let reference = folder.join("reference.db");
    measure::sync(&reference, root);
    let rows = stored::Rows::of(&reference, root);
    let (mut ours, mut raw, mut naive, mut again) = <(Runs, Runs, Runs, Runs)>::default();
    let mut writes = Vec::new();
    for run in 0..RUNS {
        let store = folder.join(format!("ours-{run}.db"));
        // What is compared stands side by side, each first in turn: a machine's mood changes.
        let naive_store = folder.join(format!("naive-{run}.db"));
        if run % 2 == 0 {
            naive.add(|| peers::naive(&naive_store, root));
        }
        ours.add(|| measure::sync(&store, root));
        if run % 2 == 1 {
            naive.add(|| peers::naive(&naive_store, root));
        }
        writes.extend(measure::take_writes());
        let before = measure::content_state(&store);
        again.add(|| measure::sync(&store, root));
        assert_eq!(measure::content_state(&store), before, "an unchanged run wrote content");
        measure::take_writes();
        raw.add(|| rows.write_raw(&folder.join(format!("raw-{run}.db")), |_, _| ()));
    }
    let (files, bytes) = (corpus.files as f64, corpus.bytes as f64);
    let speed = |runs: &Runs| {
        let seconds = runs.median().as_secs_f64();
        format!(
            "{:.0} ms, {:.0} items/s, {:.1} MB/s",
            seconds * 1e3,
            files / seconds,
            bytes / seconds / 1e6
        )
    };
    lines.push(plain("first sync, 974 pages", speed(&ours)));
    lines.push(plain("raw limit: read, digest, write the same rows", speed(&raw)));
    lines.push(plain("naive: parse all, save once", speed(&naive)));
    lines.push(at_least("(a) share of the raw limit", raw.over(&ours), 0.6, ">= 0.6"));
    lines.push(at_least("(b) share of the naive way", naive.over(&ours), 0.8, ">= 0.8"));
    lines.push(plain("second sync, nothing changed", speed(&again)));
    lines.push(at_most("(c) unchanged run, of the first", again.over(&ours), 0.15, "<= 0.15"));
    let p99 = write_p99(writes);
    lines.push(at_most_time("(e) p99 of a write", p99, Duration::from_millis(50), "< 50 ms"));
}

/// The first sync of pages in JSON-LD, beside the raw limit of their rows.
fn pages_of_today(folder: &Path, root: &Path, lines: &mut Vec<Line>) {
    let reference = folder.join("today.db");
    measure::sync(&reference, root);
    let rows = stored::Rows::of(&reference, root);
    let (mut ours, mut raw) = <(Runs, Runs)>::default();
    for run in 0..RUNS {
        let store = folder.join(format!("today-{run}.db"));
        ours.add(|| measure::sync(&store, root));
        raw.add(|| rows.write_raw(&folder.join(format!("today-raw-{run}.db")), |_, _| ()));
    }
    measure::take_writes();
    let milliseconds = ours.median().as_secs_f64() * 1e3;
    lines.push(plain("first sync, 974 pages in JSON-LD", format!("{milliseconds:.0} ms")));
    lines.push(at_least("(g) share of the raw limit, JSON-LD", raw.over(&ours), 0.6, ">= 0.6"));
    let peak = peak_memory_mib(&folder.join("memory-today.db"), root);
    lines.push(Line {
        what: "peak memory, 974 pages in JSON-LD".into(),
        figure: format!("{peak:.1} MiB"),
        limit: "< 64 MB".into(),
        is_kept: peak * 1.048_576 < 64.0,
    });
}

/// The parser alone: bytes a second of pages in JSON-LD, of those of the canonical generation.
fn parsers(lines: &mut Vec<Line>) {
    let is_canonical = |content: &[u8]| content.windows(18).any(|it| it == b"**Identification**");
    let read = |corpus: Corpus, counts: &dyn Fn(&[u8]) -> bool| -> Vec<SourceItem> {
        let pages = (0..corpus.pages).map(|at| corpus.page(at));
        pages.filter(|(_, content)| counts(content)).map(|(key, it)| item(&key, it)).collect()
    };
    let canonical = read(Corpus::new(SEED, 600), &is_canonical);
    let today = read(Corpus::of_today(SEED, 400), &|content| content.len() > 1_000);
    let parser = PageParser::new(PageSettings::default());
    let bytes =
        |items: &[SourceItem]| items.iter().map(|it| it.content.len()).sum::<usize>() as f64;
    let parse =
        |items: &[SourceItem]| items.iter().for_each(|it| drop(black_box(parser.parse(it))));
    let (mut of_canonical, mut of_today) = <(Runs, Runs)>::default();
    for _ in 0..RUNS * 3 {
        of_canonical.add(|| parse(&canonical));
        of_today.add(|| parse(&today));
    }
    let speed =
        |items: &[SourceItem], runs: &Runs| bytes(items) / runs.median().as_secs_f64() / 1e6;
    let figures = (speed(&today, &of_today), speed(&canonical, &of_canonical));
    lines.push(plain(
        "parser: JSON-LD, canonical generation",
        format!("{:.0} MB/s, {:.0} MB/s", figures.0, figures.1),
    ));
    let ratio = of_canonical.over(&of_today) * bytes(&today) / bytes(&canonical);
    lines.push(at_least("(h) parser, JSON-LD of canonical", ratio, 1.0, ">= 1"));
}

fn item(key: &str, content: Vec<u8>) -> SourceItem {
    let content_digest = Digest::of(&content);
    SourceItem { key: ItemKey::new(key), content, content_digest, git_sha1: None }
}

/// Ten pages edited and one deleted among a thousand.
fn edits(folder: &Path, lines: &mut Vec<Line>) {
    let root = folder.join("1000");
    corpus(1000, &root);
    let (mut first, mut edited) = <(Runs, Runs)>::default();
    let corpus = Corpus::new(SEED, 1000);
    for run in 0..RUNS {
        let store = folder.join(format!("edits-{run}.db"));
        first.add(|| measure::sync(&store, &root));
        let changed = (0..11).map(|n| corpus.page(20 + n * 83 + run)).collect::<Vec<_>>();
        for (path, content) in &changed[..10] {
            fs::write(root.join(path), [content, &b"\n- edited\n"[..]].concat()).expect("an edit");
        }
        fs::remove_file(root.join(&changed[10].0)).expect("a deletion");
        edited.add(|| measure::sync(&store, &root));
        for (path, content) in &changed {
            fs::write(root.join(path), content).expect("as it was");
        }
    }
    lines.push(plain(
        "10 edits and a deletion of 1,000",
        format!("{:.0} ms", edited.median().as_secs_f64() * 1e3),
    ));
    lines.push(at_most("(f) of the first sync", edited.over(&first), 0.15, "< 0.15"));
}

/// Peak memory of whole processes.
fn memory(folder: &Path, small: &Path, large: &Path, lines: &mut Vec<Line>) {
    let few = peak_memory_mib(&folder.join("memory-small.db"), small);
    let begun = Instant::now();
    let many = peak_memory_mib(&folder.join("memory-large.db"), large);
    let seconds = begun.elapsed().as_secs_f64();
    lines.push(plain(
        "first sync, 14,000 pages",
        format!("{seconds:.1} s, {:.0} items/s", 14_000.0 / seconds),
    ));
    lines.push(Line {
        what: "peak memory, 974 pages".into(),
        figure: format!("{few:.1} MiB"),
        limit: "< 64 MB".into(),
        is_kept: few * 1.048_576 < 64.0,
    });
    lines.push(Line {
        what: "peak memory, 14,000 pages".into(),
        figure: format!("{many:.1} MiB, {:+.1} %", (many / few - 1.0) * 100.0),
        limit: "<= +10 %".into(),
        is_kept: many <= few * 1.10,
    });
}

/// From opening the store to the first new commit, half of the work being done.
fn resume(folder: &Path, root: &Path, lines: &mut Vec<Line>) {
    let mut runs = Runs::default();
    for run in 0..RUNS {
        let store = folder.join(format!("resume-{run}.db"));
        measure::abandon_at(&store, root, 7000);
        runs.note(measure::first_commit(&store, root));
    }
    let median = runs.median();
    let limit = Duration::from_secs(1);
    lines.push(at_most_time(
        "(d) first commit of a resumed job, 50 % of 14,000",
        median,
        limit,
        "< 1 s",
    ));
}

fn plain(what: &'static str, figure: String) -> Line {
    Line { what: what.into(), figure, limit: "".into(), is_kept: true }
}

fn at_least(what: &'static str, ratio: f64, limit: f64, said: &'static str) -> Line {
    Line {
        what: what.into(),
        figure: format!("{ratio:.2}"),
        limit: said.into(),
        is_kept: ratio >= limit,
    }
}

fn at_most(what: &'static str, ratio: f64, limit: f64, said: &'static str) -> Line {
    Line {
        what: what.into(),
        figure: format!("{ratio:.3}"),
        limit: said.into(),
        is_kept: ratio <= limit,
    }
}

fn at_most_time(what: &'static str, took: Duration, limit: Duration, said: &'static str) -> Line {
    let figure = format!("{:.1} ms", took.as_secs_f64() * 1e3);
    Line { what: what.into(), figure, limit: said.into(), is_kept: took < limit }
}
