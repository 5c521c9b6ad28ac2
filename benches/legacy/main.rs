//! Imports of old databases of 100,000 classes, each shape in a process of its own, beside one of
//! 10,000: a row must not cost more the more there are.
//!
//! Run with `cargo bench --bench legacy`. Prints a table; ends with 1 if a stated limit is missed.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "../support/memory.rs"]
mod memory;
#[path = "../../tests/support/old_database.rs"]
mod old_database;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use driftless::config::Config;
use driftless::engine::{Engine, LegacyOptions};
use driftless::fingerprint::Digest;
use driftless::legacy::Shape;
use memory::peak_mib;
use serde::{Deserialize, Serialize};

const FEW: u32 = 10_000;
const MANY: u32 = 100_000;

/// What may be used of memory, in MiB: 64 MB, as by a sync.
const MOST_MIB: f64 = 61.0;

/// How many times the time of a tenth of the rows may be taken, by row.
const SLOWDOWN: f64 = 1.5;

#[derive(Serialize, Deserialize)]
struct Outcome {
    seconds: f64,
    peak_mib: f64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, child, old, store] = &arguments[..]
        && child == "child"
    {
        return import(Path::new(old), Path::new(store));
    }
    let folder = tempfile::tempdir().expect("a folder");
    println!("| shape | {MANY} classes | {FEW} | limits | |\n| --- | --- | --- | --- | --- |");
    let mut all_kept = true;
    for shape in Shape::ALL {
        let (few, many) =
            (measured(folder.path(), shape, FEW), measured(folder.path(), shape, MANY));
        let slower = many.seconds / few.seconds * f64::from(FEW) / f64::from(MANY);
        let is_kept = slower <= SLOWDOWN && many.peak_mib < MOST_MIB;
        all_kept &= is_kept;
        println!(
            "| {} | {:.2} s, {:.0} classes/s, {:.1} MiB | {:.2} s, {:.1} MiB | by row {slower:.2} \
             <= {SLOWDOWN}, < 64 MB | {} |",
            shape.as_str(),
            many.seconds,
            f64::from(MANY) / many.seconds,
            many.peak_mib,
            few.seconds,
            few.peak_mib,
            if is_kept { "kept" } else { "MISSED" },
        );
    }
    if !all_kept {
        std::process::exit(1);
    }
}

fn measured(folder: &Path, shape: Shape, classes: u32) -> Outcome {
    let name = format!("{}-{classes}", shape.as_str());
    let (old, store) = (folder.join(format!("{name}.old")), folder.join(format!("{name}.db")));
    old_database::filled(&old, shape, classes);
    let before = Digest::of(&std::fs::read(&old).expect("the old database"));
    let child = Command::new(std::env::current_exe().expect("this program"))
        .arg("child")
        .args([&old, &store])
        .output()
        .expect("a child");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    assert_eq!(Digest::of(&std::fs::read(&old).expect("the old database")), before);
    serde_json::from_slice(&child.stdout).expect("an outcome")
}

fn import(old: &Path, store: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let begun = Instant::now();
    runtime.block_on(async {
        let engine = Engine::open(store, Config::default()).await.expect("a store");
        engine.import_legacy(old, LegacyOptions::default()).await.expect("an import");
        engine.close().await;
    });
    let outcome = Outcome { seconds: begun.elapsed().as_secs_f64(), peak_mib: peak_mib() };
    println!("{}", serde_json::json!(outcome));
}
