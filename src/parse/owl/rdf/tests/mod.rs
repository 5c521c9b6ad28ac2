//! Documents as axioms: every construct, what stays open, what is kept as it stands, and what
//! hostile documents come to.

mod annotations;
mod constructs;
mod hostile;
mod json_ld;
mod late;
mod random;
mod structures;

use super::super::statement::Statements;
use super::{Syntax, read};
use crate::iri::PrefixTable;
use crate::owl::{Axiom, Ontology, Term, UNTYPED};
use crate::parse::findings::Findings;
use crate::parse::{Diagnostic, Rejection};

const HEAD: &str = "\
    @prefix ex: <http://example.org/> . \
    @prefix owl: <http://www.w3.org/2002/07/owl#> . \
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . \
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . \
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> . \
    @prefix dcterms: <http://purl.org/dc/terms/> . \
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . ";

pub(super) fn table() -> PrefixTable {
    let mut table = PrefixTable::default();
    table.insert("ex", "http://example.org/");
    table
}

/// Reads a document; every triple of it must be accounted for.
fn document(text: &str, syntax: Syntax<'_>) -> Result<(Ontology, Vec<Diagnostic>), Rejection> {
    let table = table();
    let mut statements = Statements::new(&table);
    let mut findings = Findings::default();
    let triples = read(text, syntax, None, &mut statements, &mut findings)?;
    let ontology = statements.finish();
    assert!(triples.add_up(), "{triples:?} of {text}");
    assert_eq!(ontology.triples, Some(triples));
    Ok((ontology, findings.into_diagnostics()))
}

fn turtle(text: &str) -> Ontology {
    let text = format!("{HEAD}{text}");
    document(&text, Syntax::Turtle).expect("Turtle").0
}

/// Everything that an ontology states, one line each.
fn stated(ontology: &Ontology) -> Vec<String> {
    let name = |id: u32| ontology.entities[id as usize].functional();
    let mut all = Vec::new();
    if let Some(iri) = &ontology.iri {
        let version = ontology.version_iri.iter().map(|version| format!(" <{version}>"));
        all.push(format!("Ontology(<{iri}>{})", version.collect::<String>()));
    }
    all.extend(ontology.imports.iter().map(|import| format!("Import(<{}>)", import.iri)));
    for declaration in &ontology.declarations {
        let annotations = before(declaration.annotations.as_deref());
        let (kind, entity) = (declaration.kind.as_str(), name(declaration.entity));
        all.push(format!("Declaration({annotations}{kind}({entity}))"));
    }
    all.extend(ontology.axioms.iter().map(|axiom| axiom_text(axiom, name)));
    all
}

fn before(annotations: Option<&str>) -> String {
    annotations.map(|text| format!("{text} ")).unwrap_or_default()
}

fn axiom_text(axiom: &Axiom, name: impl Fn(u32) -> String) -> String {
    let term = |term: &Term| match term {
        Term::Entity(id) => name(*id),
        Term::Written(text) => text.to_string(),
    };
    let subject = term(&axiom.subject);
    let property = axiom.property.as_ref().map(term);
    let object = axiom.object.as_ref().map(term);
    let parts = match (axiom.axiom_type, property, object) {
        (UNTYPED, Some(property), Some(object)) => format!("{subject} {property} {object}"),
        ("Annotation", Some(property), Some(object)) => format!("{property} {object}"),
        ("ClassAssertion", None, Some(class)) => format!("{class} {subject}"),
        (_, Some(property), Some(object)) => format!("{property} {subject} {object}"),
        (_, None, Some(object)) => format!("{subject} {object}"),
        (_, _, None) => subject,
    };
    let mut text = format!("{}({}{parts})", axiom.axiom_type, before(axiom.annotations()));
    for awaited in axiom.awaits() {
        text.push_str(&format!(" ?{}", name(*awaited)));
    }
    text
}

/// What a Turtle document states, without what is declared and without its accounts.
fn axioms(text: &str) -> Vec<String> {
    let ontology = turtle(text);
    stated(&ontology).into_iter().filter(|line| !line.starts_with("Declaration(")).collect()
}

/// Checks documents against what they state besides declarations; all of it is typed.
fn check(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(axioms(text), *expected, "{text}");
        let triples = turtle(text).triples.expect("triples");
        assert_eq!(triples.typed, triples.read, "{text}: {triples:?}");
    }
}

/// Checks documents against what they state besides declarations.
fn check_stated(cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(axioms(text), *expected, "{text}");
    }
}
