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
    assert_eq!(lost, Vec::<&String>::new());
    // Its properties are declared in another document, and now in the same.
    assert!(matches!(&*made, [key] if key.starts_with("HasKey(")), "{made:?}");
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

#[tokio::test]
async fn a_functional_export_says_what_is_said_of_the_ontology_before_all_axioms() {
    let repository = Repository::empty();
    repository.write(
        "a.ofn",
        "Ontology(<http://example.org/q> Import(<http://example.org/r>)\n\
         Annotation(rdfs:comment \"Things of a harbour\") Declaration(Class(mv:Quay)))",
    );
    repository.sync().await;
    let again = Repository::empty();
    export(&repository, &again);
    let text = std::fs::read_to_string(again.root().join("all.ofn")).expect("a text");
    let place = |word: &str| text.find(&format!("\n{word}(")).unwrap_or_else(|| panic!("{text}"));
    assert!(place("Import") < place("Annotation"), "{text}");
    assert!(place("Annotation") < place("Declaration"), "{text}");
}

#[tokio::test]
async fn a_turtle_export_holds_triples_whose_property_nobody_declares() {
    let (first, second) = (Repository::empty(), Repository::empty());
    first.write(
        "a.ttl",
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
         @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         @prefix : <http://example.org/q#> .\n\
         <http://example.org/q> a owl:Ontology ; :prefix \"q\" .\n\
         :A a owl:Class ; :note \"n\" ; rdfs:subClassOf\n\
             [ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ] .\n\
         :q rdfs:subPropertyOf :p ; rdfs:domain :A .\n:A owl:unionOf 5 .\n",
    );
    first.sync().await;
    let read = |repository: &Repository| {
        super::number(repository, "select triples ->> 'read' from owl_document")
    };
    assert_eq!(read(&first), 11);
    second.write("a.ttl", exported_turtle(&first));
    second.sync().await;
    assert_eq!(read(&second), 11);
    assert_eq!(exported_turtle(&first), exported_turtle(&second));
}

#[tokio::test]
async fn names_that_rdf_cannot_hold_are_told_and_written_in_another_way() {
    let (first, second) = (Repository::empty(), Repository::empty());
    first.write(
        "a.ofn",
        "Declaration(Class(<http://example.org/q#`t`>))\n\
         AnnotationAssertion(rdfs:label <http://example.org/q#A> \"colour\"@en_GB)\n\
         ClassAssertion(<http://example.org/q#A> _:x/y)",
    );
    first.sync().await;
    let told: Vec<String> =
        super::column(&first, "select code || ' ' || line from diagnostic order by 1");
    assert_eq!(told, ["bad_iri 1", "bad_language 2", "bad_node 3", "missing_ontology_iri 0"]);
    let text = exported_turtle(&first);
    for written in ["<http://example.org/q#%60t%60>", "\"colour\"@en-gb", "_:x0 a"] {
        assert!(text.contains(written), "{written}: {text}");
    }
    second.write("a.ttl", text);
    assert_eq!(second.sync().await.counters.written, 1);
    let codes = "select count(*) from diagnostic where code like 'bad%'";
    assert_eq!(super::number(&second, codes), 0);
}

#[tokio::test]
async fn a_name_that_is_none_costs_no_other_statement_of_a_graph() {
    let head = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
        xmlns:owl=\"http://www.w3.org/2002/07/owl#\" \
        xmlns:rdfs=\"http://www.w3.org/2000/01/rdf-schema#\">";
    let class = |name: &str, tag: &str| {
        format!(
            "<owl:Class rdf:about=\"http://example.org/q#{name}\">\
             <rdfs:label xml:lang=\"{tag}\">x</rdfs:label></owl:Class>"
        )
    };
    let rdf = |name, tag| format!("{head}\n{}\n{}</rdf:RDF>", class(name, tag), class("B", "en"));
    let turtle = "<http://example.org/q#A> a <http://www.w3.org/2002/07/owl#Class> .\n\
        <http://example.org/q#a#b> a <http://www.w3.org/2002/07/owl#Class> .\n";
    for (key, text, code) in [
        ("a.rdf", rdf("Tug Boat", "en"), "bad_iri 2"),
        ("b.rdf", rdf("A", "en_GB"), "bad_language 2"),
        ("c.ttl", turtle.to_owned(), "bad_iri 2"),
        (
            "d.nt",
            turtle.replace(" a ", " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "),
            "bad_iri 2",
        ),
    ] {
        let repository = Repository::empty();
        repository.write(key, text);
        repository.sync().await;
        assert_eq!(super::number(&repository, "select count(*) from owl_classes"), 2, "{key}");
        let told = "select code || ' ' || line from diagnostic where code like 'bad%'";
        assert_eq!(super::column::<String>(&repository, told), [code], "{key}");
    }
}
