//! What was stored can be had back.

use std::fs::File;
use std::io::BufWriter;

use driftless::engine::{ExportCounts, export_functional, export_turtle};

use super::documents;
use crate::repository::Repository;

fn exported_turtle(repository: &Repository) -> String {
    let reader = repository.reader();
    let source = reader.sources().expect("sources").remove(0);
    let mut out = Vec::new();
    export_turtle(&reader, source.id, &mut out).expect("exported");
    String::from_utf8(out).expect("UTF-8")
}

fn export(repository: &Repository, to: &Repository) -> ExportCounts {
    let reader = repository.reader();
    let source = reader.sources().expect("sources").remove(0);
    let mut out = BufWriter::new(File::create(to.root().join("all.ofn")).expect("a file"));
    export_functional(&reader, source.id, &mut out).expect("exported")
}

#[tokio::test]
async fn an_export_that_is_synced_again_is_exported_the_same() {
    let (first, second, third) = (documents(), Repository::empty(), Repository::empty());
    first.write("Dam.md", "- ### OntologyBlock\n\t- owl:class:: mv:Dam\n\t- definition:: Holds \"all\" back.\n\t- is-subclass-of:: [[Barrier]]\n\t- has-part:: [[Wall]]\n");
    first.sync().await;
    let exported = export(&first, &second);
    assert!(exported.statements > 400 && exported.untyped > 0, "{exported:?}");
    let report = second.sync().await;
    assert_eq!(report.counters.rejected, 0);
    let again = export(&second, &third);
    // Statements without a type stand in comments, which state nothing.
    assert_eq!(again, ExportCounts { untyped: 0, ..exported });
    let text = |repository: &Repository| {
        let text = std::fs::read_to_string(repository.root().join("all.ofn")).expect("a text");
        let mut lines: Vec<_> =
            text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(text(&second), text(&third));
}

/// Statements that RDF says in another way: on several things at once, by a node each.
fn is_of_several(line: &str) -> bool {
    [
        "EquivalentClasses(",
        "EquivalentObjectProperties(",
        "EquivalentDataProperties(",
        "SameIndividual(",
        "InverseObjectProperties(",
    ]
    .iter()
    .any(|word| line.starts_with(word))
}

#[tokio::test]
async fn what_is_exported_as_turtle_says_what_was_stored() {
    let (first, second) = (documents(), Repository::empty());
    // Their statements without a type have no place in an export.
    first.remove("open.ttl");
    first.sync().await;
    second.write("all.ttl", exported_turtle(&first));
    let report = second.sync().await;
    assert_eq!(report.counters.rejected, 0, "{:?}", report.errors);
    let lines = |repository: &Repository| {
        let reader = repository.reader();
        let source = reader.sources().expect("sources").remove(0);
        let mut out = Vec::new();
        export_functional(&reader, source.id, &mut out).expect("exported");
        let text = String::from_utf8(out).expect("UTF-8");
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.contains("_:"));
        let lines = lines.filter(|line| !is_of_several(line) && !line.starts_with("Import("));
        lines.map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    let (before, after) = (lines(&first), lines(&second));
    let lost: Vec<_> = before.difference(&after).collect();
    let made: Vec<_> = after.difference(&before).collect();
    assert!(before.len() > 300);
    assert_eq!((lost, made), (vec![], vec![]));
}

#[test]
fn the_same_bytes_give_the_same_axioms_in_every_process() {
    let digest = || {
        let folder = tempfile::tempdir().expect("a folder");
        let receipt = folder.path().join("receipt.json");
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_driftless"))
            .args(["sync", super::DOCUMENTS, "--store"])
            .arg(folder.path().join("store.db"))
            .arg("--receipt")
            .arg(&receipt)
            .output()
            .expect("the program");
        assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stderr));
        let receipt = std::fs::read(&receipt).expect("a receipt");
        let receipt: serde_json::Value = serde_json::from_slice(&receipt).expect("JSON");
        receipt["store_digest"].as_str().expect("a digest").to_owned()
    };
    let first = digest();
    for _ in 0..9 {
        assert_eq!(digest(), first);
    }
}
