//! Syncs of a repository on a server that answers as GitHub does, beside syncs of the same files
//! from a directory, in one run.
//!
//! Run with `cargo bench --bench github`. Prints a table; ends with 1 if a stated limit is
//! missed. The server runs in this process, every sync in a process of its own.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

mod child;
#[expect(dead_code, unused_imports, reason = "a bench uses some of what tests use")]
#[path = "../../tests/support/github/mod.rs"]
mod github;
#[path = "../support/memory.rs"]
mod memory;
#[path = "../../tests/support/pages.rs"]
pub mod pages;
#[path = "../support/table.rs"]
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;

use child::{Kind, Outcome, run};
use github::{GitRepository, GithubServer};
use pages::Corpus;
use table::Line;

/// Runs of each kind; their median counts.
const RUNS: usize = 5;

const SEED: u64 = 20_261_122;

/// Files of the largest repository here: more than one answer of GitHub lists.
const MANY: usize = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, child, order] = &arguments[..]
        && child == "child"
    {
        return child::child(order);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut lines = Vec::new();
    few(folder.path(), &mut lines);
    many(folder.path(), &mut lines);
    table::finish(&lines);
}

/// 974 pages at several distances, and what a further sync costs.
fn few(folder: &Path, lines: &mut Vec<Line>) {
    let corpus = Corpus::new(SEED, 974);
    let files = folder.join("974");
    std::fs::create_dir(&files).expect("a folder");
    corpus.write(&files).expect("pages");
    let repository = GitRepository::of((0..974).map(|n| corpus.page(n)));
    let server = GithubServer::start(&repository, "acme/ontology");
    server.token(child::TOKEN);
    for latency_ms in [0, 20, 100] {
        server.faults().clear();
        server.faults().every().latency(Duration::from_millis(latency_ms));
        let (mut ours, mut local) = (Vec::new(), Vec::new());
        for n in 0..RUNS {
            let store = |kind: &str| folder.join(format!("{kind}-{latency_ms}-{n}.db"));
            ours.push(run(&store("github"), &Kind::Github(server.api_url())));
            local.push(run(&store("directory"), &Kind::Directory(files.clone())));
        }
        lines.push(distance(latency_ms, &ours, &local));
    }
    server.faults().clear();
    let store = folder.join("github-0-0.db");
    lines.push(further(&server, &store, "nothing changed", 1, 0));
    let (path, content) = corpus.page(7);
    repository.write(path, [&content[..], b"\n- edited\n"].concat());
    repository.commit("an edit");
    lines.push(further(&server, &store, "one file changed", 4, 1));
    let slow = run(&folder.join("slow.db"), &Kind::SlowStore(server.api_url()));
    lines.push(memory("974 pages behind a slow store", &slow));
}

/// First syncs at one distance beside those of the directory: the same work and the requests
/// one after the other.
fn distance(latency_ms: u64, ours: &[Outcome], local: &[Outcome]) -> Line {
    let (took, beside) = (median(ours), median(local));
    let requests = ours[0].requests;
    let peak = ours.iter().map(|it| it.peak_mib).fold(0.0, f64::max);
    let allowed = beside * 1.5 + requests as f64 * latency_ms as f64 / 1e3;
    Line {
        what: format!("first sync, 974 pages, {latency_ms} ms away").into(),
        figure: format!(
            "{:.0} ms, directory {:.0} ms; {requests} requests, {peak:.1} MiB",
            took * 1e3,
            beside * 1e3
        ),
        limit: "<= 1.5 x directory + latency, <= 6 requests, < 64 MB".into(),
        is_kept: took <= allowed && requests <= 6 && peak * 1.048_576 < 64.0,
    }
}

fn further(
    server: &GithubServer,
    store: &Path,
    what: &str,
    most_requests: u64,
    written: u64,
) -> Line {
    let outcome = run(store, &Kind::Github(server.api_url()));
    Line {
        what: format!("second sync, {what}").into(),
        figure: format!("{:.0} ms, {}", outcome.seconds * 1e3, requests(outcome.requests)),
        limit: if most_requests == 1 { "1 request" } else { "<= 4 requests" }.into(),
        is_kept: outcome.requests <= most_requests && outcome.written == written,
    }
}

fn memory(what: &str, outcome: &Outcome) -> Line {
    Line {
        what: what.to_owned().into(),
        figure: format!("{:.1} s, {:.1} MiB", outcome.seconds, outcome.peak_mib),
        limit: "< 64 MB".into(),
        is_kept: outcome.peak_mib * 1.048_576 < 64.0,
    }
}

/// More files than one answer lists: the tree is walked folder by folder.
fn many(folder: &Path, lines: &mut Vec<Line>) {
    let page = |n: usize| {
        let path = format!("f{:02}/g{:02}/Page {n:06}.md", n % 40, n / 40 % 25);
        let text = format!(
            "- ### OntologyBlock\n\t- owl:class:: mv:Page{n}\n\t- preferred-term:: Page {n}\n\
             \t- is-subclass-of:: [[Page {}]]\n",
            n / 2
        );
        (path, text.into_bytes())
    };
    let repository = GitRepository::of((0..MANY).map(page));
    let server = GithubServer::start(&repository, "acme/ontology");
    server.token(child::TOKEN);
    let store: PathBuf = folder.join("many.db");
    let outcome = run(&store, &Kind::Github(server.api_url()));
    lines.push(Line {
        what: "first sync, 100,000 small pages, truncated tree".into(),
        figure: format!(
            "{:.1} s, {} requests, {:.1} MiB",
            outcome.seconds, outcome.requests, outcome.peak_mib
        ),
        limit: "all written".into(),
        is_kept: outcome.written == MANY as u64,
    });
    let outcome = run(&store, &Kind::Github(server.api_url()));
    lines.push(Line {
        what: "second sync of them, nothing changed".into(),
        figure: format!("{:.0} ms, {}", outcome.seconds * 1e3, requests(outcome.requests)),
        limit: "1 request".into(),
        is_kept: outcome.requests == 1,
    });
}

fn requests(number: u64) -> String {
    if number == 1 { "1 request".to_owned() } else { format!("{number} requests") }
}

fn median(outcomes: &[Outcome]) -> f64 {
    let mut seconds: Vec<f64> = outcomes.iter().map(|outcome| outcome.seconds).collect();
    seconds.sort_unstable_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
