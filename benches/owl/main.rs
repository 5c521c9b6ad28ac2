//! Syncs of OWL documents, beside one thread that parses with horned-owl and then writes the same
//! rows, already known, with prepared statements; in one run.
//!
//! Run with `cargo bench --bench owl`; with a folder behind `--`, that folder is synced both ways
//! and nothing else is done. Prints a table; ends with 1 if a stated limit is missed. Every run is
//! in a process of its own.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod child;
mod documents;
mod peer;
#[path = "../support/stored.rs"]
mod stored;

use std::path::Path;

use child::{Outcome, Way, run};
use documents::Syntax;

/// Runs of each kind; their median counts.
const RUNS: usize = 3;

/// As many documents as a large repository has pages.
const DOCUMENTS: usize = 974;

/// Classes of one of them: 12 KB.
const CLASSES: usize = 25;

/// The large documents, each of 21 MB: the syntax, its classes, and how much memory may be used
/// in MB.
const LARGE: [(Syntax, usize, f64); 3] = [
    (Syntax::Functional, 46_000, 96.0),
    (Syntax::OwlXml, 20_000, 96.0),
    (Syntax::RdfXml, 32_500, 200.0),
];

/// A line of the table: what, how much, and whether that keeps a limit.
struct Line {
    what: String,
    figure: String,
    limit: String,
    is_kept: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, child, order] = &arguments[..]
        && child == "child"
    {
        return child::child(order);
    }
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(documents) = arguments.iter().skip(1).find(|it| Path::new(it).is_dir()) {
        return by_hand(Path::new(documents), folder.path());
    }
    let mut lines = Vec::new();
    for syntax in [Syntax::RdfXml, Syntax::Functional] {
        lines.push(many_small(syntax, folder.path()));
    }
    for (syntax, classes, limit) in LARGE {
        lines.push(one_large(syntax, classes, limit, folder.path()));
    }
    println!("| what | figure | limit | |\n| --- | --- | --- | --- |");
    for Line { what, figure, limit, is_kept } in &lines {
        let mark = if *is_kept { "kept" } else { "MISSED" };
        println!("| {what} | {figure} | {limit} | {mark} |");
    }
    if lines.iter().any(|line| !line.is_kept) {
        std::process::exit(1);
    }
}

/// Both ways over a folder that somebody has.
fn by_hand(documents: &Path, folder: &Path) {
    let ours = folder.join("ours.db");
    println!("ours: {}", figure(&run(Way::Ours, documents, &ours)));
    let peer = run(Way::Peer(ours), documents, &folder.join("peer.db"));
    println!("one thread: {:.2} s", peer.seconds);
}

fn figure(it: &Outcome) -> String {
    let (mb, axioms) = (it.bytes as f64 / 1e6 / it.seconds, it.axioms as f64 / it.seconds);
    format!("{:.2} s, {mb:.1} MB/s, {axioms:.0} axioms/s, {:.1} MiB", it.seconds, it.peak_mib)
}

/// Runs of both ways in turns; their medians.
fn beside(documents: &Path, folder: &Path) -> (Outcome, Outcome) {
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for n in 0..RUNS {
        let store = folder.join(format!("ours-{n}.db"));
        ours.push(run(Way::Ours, documents, &store));
        peers.push(run(Way::Peer(store), documents, &folder.join(format!("peer-{n}.db"))));
    }
    for outcomes in [&mut ours, &mut peers] {
        outcomes.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
    }
    (ours.swap_remove(RUNS / 2), peers.swap_remove(RUNS / 2))
}

fn many_small(syntax: Syntax, folder: &Path) -> Line {
    let folder = folder.join(format!("small-{syntax:?}"));
    let documents = folder.join("documents");
    documents::write(&documents, syntax, DOCUMENTS, CLASSES);
    let (ours, peer) = beside(&documents, &folder);
    let ratio = peer.seconds / ours.seconds;
    Line {
        what: format!("{DOCUMENTS} documents, {syntax:?}, {:.1} MB", ours.bytes as f64 / 1e6),
        figure: format!(
            "{}; one thread {:.2} s: {ratio:.2} x its rate",
            figure(&ours),
            peer.seconds
        ),
        limit: ">= 1.3 x the rate of one thread".to_owned(),
        is_kept: ratio >= 1.3,
    }
}

fn one_large(syntax: Syntax, classes: usize, limit_mb: f64, folder: &Path) -> Line {
    let folder = folder.join(format!("large-{syntax:?}"));
    let documents = folder.join("documents");
    documents::write(&documents, syntax, 1, classes);
    let (ours, peer) = beside(&documents, &folder);
    let ratio = peer.seconds / ours.seconds;
    Line {
        what: format!("one document, {syntax:?}, {:.1} MB", ours.bytes as f64 / 1e6),
        figure: format!(
            "{}; one thread {:.2} s: {ratio:.2} x its rate",
            figure(&ours),
            peer.seconds
        ),
        limit: format!("< {limit_mb} MB, not slower"),
        is_kept: ratio >= 1.0 && ours.peak_mib * 1.048_576 < limit_mb,
    }
}
