//! The obvious way: one thread that parses with horned-owl and stores each component as a row, a
//! transaction a document.

use std::fs::{self, DirEntry};
use std::path::Path;

use horned_owl::io::ofn::writer::AsFunctional;
use horned_owl::io::{ParserConfiguration, StreamComponent};
use horned_owl::model::{AnnotatedComponent, Build, RcAnnotatedComponent, RcStr};
use horned_owl::ontology::set::SetOntology;
use rusqlite::Connection;

/// Reads every document and stores it; gives the rows written.
pub(crate) fn sync(documents: &Path, store: &Path) -> u64 {
    let mut connection = Connection::open(store).expect("a store");
    connection
        .execute_batch(
            "pragma journal_mode = wal; pragma synchronous = normal;
            create table document (id integer primary key, path text, content_digest blob);
            create table axiom (id integer primary key, document_id integer, text text);
            create index axiom_by_document on axiom (document_id);",
        )
        .expect("tables");
    let mut rows = 0;
    for file in files(documents) {
        let content = fs::read(file.path()).expect("a document");
        let transaction = connection.transaction().expect("a transaction");
        {
            let digest = blake3_of(&content);
            let path = file.path().display().to_string();
            transaction
                .execute(
                    "insert into document (path, content_digest) values (?1, ?2)",
                    (path, digest),
                )
                .expect("a document");
            let id = transaction.last_insert_rowid();
            let mut insert = transaction
                .prepare_cached("insert into axiom (document_id, text) values (?1, ?2)")
                .expect("a statement");
            each(&file, &content, |component| {
                let text = component.as_functional().to_string();
                insert.execute((id, text)).expect("a row");
                rows += 1;
            });
        }
        transaction.commit().expect("committed");
    }
    rows
}

/// The documents of a folder and those below, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Vec<DirEntry> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry);
        }
    }
    found.sort_by_key(DirEntry::path);
    found
}

fn blake3_of(content: &[u8]) -> Vec<u8> {
    driftless::fingerprint::Digest::of(content).as_bytes().to_vec()
}

fn each(file: &DirEntry, content: &[u8], mut take: impl FnMut(&AnnotatedComponent<RcStr>)) {
    let configuration = || ParserConfiguration::new(Build::new_rc());
    let path = file.path();
    match path.extension().and_then(|it| it.to_str()) {
        Some("ofn") => {
            let read = horned_owl::io::ofn::reader::read::<RcStr, _, SetOntology<RcStr>, _>;
            let (ontology, _) = read(&mut &*content, configuration()).expect("functional syntax");
            ontology.iter().for_each(take);
        }
        Some("owx") => {
            for component in horned_owl::io::owx::reader::read_to_stream(content, configuration()) {
                if let StreamComponent::Component(component) = component.expect("OWL/XML") {
                    take(&component);
                }
            }
        }
        Some("rdf") => {
            let read = horned_owl::io::rdf::reader::read::<RcStr, RcAnnotatedComponent, _, _>;
            let (ontology, _) = read(&mut &*content, configuration().into()).expect("RDF/XML");
            let ontology: SetOntology<RcStr> = ontology.into();
            ontology.iter().for_each(take);
        }
        _ => {}
    }
}
