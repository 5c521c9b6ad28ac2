//! Functional syntax, as what OBO clauses state is written.

use crate::iri::percent_encoded;
use crate::parse::owl::soundness::fits_iri;

pub(super) const OBO: &str = "http://purl.obolibrary.org/obo/";
pub(super) const IN_OWL: &str = "http://www.geneontology.org/formats/oboInOwl#";
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
pub(super) const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
pub(super) const OWL: &str = "http://www.w3.org/2002/07/owl#";
pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// An IRI between angle brackets; what cannot stand there is encoded.
pub(super) fn iri(text: &str) -> String {
    format!("<{}>", percent_encoded(text, fits_iri))
}

/// A text between quotes.
pub(super) fn literal(text: &str) -> String {
    crate::owl::quoted(text)
}

/// A truth value.
pub(super) fn boolean(value: bool) -> String {
    format!("\"{value}\"^^<{XSD}boolean>")
}

/// An annotation of something that stands around it.
pub(super) fn annotation(property: &str, value: &str) -> String {
    format!("Annotation({} {value})", iri(property))
}

/// A form with the annotations of its own before its arguments.
pub(super) fn form(word: &str, annotations: &[String], arguments: &[&str]) -> String {
    let parts = annotations.iter().map(String::as_str).chain(arguments.iter().copied());
    format!("{word}({})", parts.collect::<Vec<_>>().join(" "))
}
