//! One thread that parses with horned-owl and writes the same rows, a transaction a document.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use horned_owl::io::{ParserConfiguration, StreamComponent};
use horned_owl::model::{Build, RcAnnotatedComponent, RcStr};
use horned_owl::ontology::set::SetOntology;

use crate::stored::Rows;

/// Parses every document and writes the rows that `reference` has of it; gives the seconds.
pub(crate) fn sync(documents: &Path, reference: &Path, store: &Path) -> f64 {
    let rows = Rows::of(reference, documents);
    let begun = Instant::now();
    rows.write_raw(store, parse);
    begun.elapsed().as_secs_f64()
}

/// The files of a folder and those below.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Parses a document. What horned-owl makes of it is thrown away: rows are written that it does
/// not know.
fn parse(path: &Path, content: &[u8]) {
    let configuration = || ParserConfiguration::new(Build::new_rc());
    match path.extension().and_then(|it| it.to_str()) {
        Some("ofn") => {
            let read = horned_owl::io::ofn::reader::read::<RcStr, _, SetOntology<RcStr>, _>;
            black_box(read(&mut &*content, configuration()).is_ok());
        }
        Some("owx") => {
            for component in horned_owl::io::owx::reader::read_to_stream(content, configuration()) {
                if let StreamComponent::Component(component) = component.expect("OWL/XML") {
                    black_box(component);
                }
            }
        }
        Some("rdf") => {
            let read = horned_owl::io::rdf::reader::read::<RcStr, RcAnnotatedComponent, _, _>;
            black_box(read(&mut &*content, configuration().into()).is_ok());
        }
        _ => {}
    }
}
