//! Syncs of OWL documents, beside one thread that parses with horned-owl and then writes the same
//! rows, already known, with prepared statements; in one run.
//!
//! Run with `cargo bench --bench owl`; with a folder behind `--`, that folder is synced both ways
//! and nothing else is done. Prints a table; ends with 1 if a stated limit is missed. Every run is
//! in a process of its own.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod child;
mod documents;
#[path = "../support/memory.rs"]
mod memory;
mod peer;
#[path = "../support/stored.rs"]
mod stored;
#[path = "../support/table.rs"]
mod table;

use std::path::Path;

use child::{Outcome, Way, run};
use documents::Syntax;
use table::Line;

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
        let limit = ">= 1.3 x the rate of one thread".to_owned();
        let is_kept = |ratio, _| ratio >= 1.3;
        lines.push(compared(syntax, (DOCUMENTS, CLASSES), limit, is_kept, folder.path()));
    }
    for (syntax, classes, limit_mb) in LARGE {
        let limit = format!("< {limit_mb} MB, not slower");
        let is_kept = |ratio, peak_mb| ratio >= 1.0 && peak_mb < limit_mb;
        lines.push(compared(syntax, (1, classes), limit, is_kept, folder.path()));
    }
    table::finish(&lines);
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

/// Writes so many documents of so many classes and runs both ways; `is_kept` is told the ratio of
/// their rates and what ours used of memory, in MB.
fn compared(
    syntax: Syntax,
    (documents, classes): (usize, usize),
    limit: String,
    is_kept: impl Fn(f64, f64) -> bool,
    folder: &Path,
) -> Line {
    let folder = folder.join(format!("{documents}-{syntax:?}"));
    let written = folder.join("documents");
    documents::write(&written, syntax, documents, classes);
    let (ours, peer) = beside(&written, &folder);
    let ratio = peer.seconds / ours.seconds;
    let (count, mb) = (documents, ours.bytes as f64 / 1e6);
    let plural = if count == 1 { "" } else { "s" };
    Line {
        what: format!("{count} document{plural}, {syntax:?}, {mb:.1} MB").into(),
        figure: format!(
            "{}; one thread {:.2} s: {ratio:.2} x its rate",
            figure(&ours),
            peer.seconds
        ),
        limit: limit.into(),
        is_kept: is_kept(ratio, ours.peak_mib * 1.048_576),
    }
}
