//! Kills while OWL documents are synced, whose axioms wait for what other documents declare.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use driftless::store::Reader;
use tempfile::TempDir;

use crate::kills::seed;
use crate::oracle::{Remains, violations, wrong_at_end};
use crate::scene::{Dice, remove_store, undisturbed};
use crate::victim::{Order, Victim};

const DOCUMENTS: usize = 80;

/// Properties, each declared by one document and used by many.
const PROPERTIES: usize = 7;

/// Kills of each kind of job.
const KILLS: usize = 12;

struct Library {
    folder: TempDir,
    dice: Dice,
    /// How often each document was written.
    editions: Vec<usize>,
}

impl Library {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Self { folder, dice: Dice(seed), editions: vec![0; DOCUMENTS] };
        fs::create_dir(library.root()).expect("a folder");
        (0..DOCUMENTS).for_each(|number| library.write(number));
        library
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("documents")
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn write(&self, number: usize) {
        let (key, text) = document(number, self.editions[number]);
        fs::write(self.root().join(key), text).expect("a document");
    }

    /// Writes some documents anew: their properties are of another kind, their parents others.
    fn change(&mut self, documents: usize) -> BTreeSet<String> {
        let mut touched = BTreeSet::new();
        for _ in 0..documents {
            let number = self.dice.below(DOCUMENTS);
            self.editions[number] += 1;
            self.write(number);
            touched.insert(document(number, 0).0);
        }
        touched
    }

    fn start(&self, failpoints: &str) -> Victim {
        Victim::start(&Order::new(self.folder.path(), self.root()), failpoints)
    }

    /// Kills the job at random moments, then lets it end and looks at everything.
    fn kill_and_finish(&mut self, usual: Duration, context: &str) {
        let mut touched = BTreeSet::new();
        for kill in 0..KILLS {
            let victim = self.start("store::commit=sleep(1)");
            let moment = self.dice.below(usual.as_micros().try_into().expect("a short time"));
            thread::sleep(Duration::from_micros(moment as u64));
            victim.kill();
            if self.store().exists() {
                let wrong = violations(&self.store());
                assert!(wrong.is_empty(), "{context}, kill {kill}: {wrong:#?}");
            }
            if self.dice.below(3) == 0 {
                touched.extend(self.change(2));
            }
        }
        let remains = Remains::read(&self.store());
        let answer = self.start("").answer().expect("nothing kills it");
        let expected = rebuilt(&self.folder.path().join("rebuilt.db"), &self.root());
        let store = self.store();
        let wrong = wrong_at_end(&store, DOCUMENTS, &answer, &remains, &touched, expected);
        assert!(wrong.is_empty(), "{context}: {wrong:#?}");
    }
}

/// A document and where it lies. Those in Turtle leave it to others what their property is.
fn document(number: usize, edition: usize) -> (String, String) {
    let (property, parent) = (number % PROPERTIES, (number + edition) / 2);
    if number < PROPERTIES {
        let kind = ["ObjectProperty", "DataProperty", "AnnotationProperty"][(number + edition) % 3];
        let text = format!(
            "Prefix(:=<http://example.org/>) Prefix(rdfs:=<http://www.w3.org/2000/01/rdf-schema#>)\n\
             Ontology(<http://example.org/d{number}>\nDeclaration({kind}(:p{property}))\n\
             SubClassOf(:C{number} :C{parent})\n\
             AnnotationAssertion(rdfs:label :C{number} \"Class {edition}\"))\n"
        );
        return (format!("d{number}.ofn"), text);
    }
    let text = format!(
        "@prefix : <http://example.org/> .\n@prefix owl: <http://www.w3.org/2002/07/owl#> .\n\
         @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n\
         <http://example.org/d{number}> a owl:Ontology ; owl:imports <http://example.org/d{property}> .\n\
         :C{number} a owl:Class ; rdfs:label \"Class {number}.{edition}\" ; rdfs:subClassOf :C{parent} ,\n\
         [ a owl:Restriction ; owl:onProperty :p{property} ; owl:minCardinality 1 ] .\n\
         :i{number} a :C{number} ; :p{property} :i{edition} .\n"
    );
    (format!("d{number}.ttl"), text)
}

/// The digest of a store that an undisturbed run makes.
fn rebuilt(store: &Path, root: &Path) -> driftless::fingerprint::Digest {
    remove_store(store);
    let report = undisturbed(store, root);
    assert_eq!(report.counters.written, DOCUMENTS as u64);
    Reader::open(store).and_then(|reader| reader.digest()).expect("a digest")
}

#[test]
fn syncs_of_documents_that_are_killed_at_any_moment_end_as_if_nothing_had_happened() {
    let seed = seed();
    let mut library = Library::new(seed);
    let begun = Instant::now();
    library.start("store::commit=sleep(1)").answer().expect("nothing kills it");
    let usual = begun.elapsed();
    remove_store(&library.store());
    library.kill_and_finish(usual, &format!("DRIFTLESS_SEED={seed}, the first sync"));
    library.change(DOCUMENTS);
    library.kill_and_finish(usual, &format!("DRIFTLESS_SEED={seed}, a later sync"));
}
