//! Statements about one entity in functional syntax: what annotates it, and what it is.

use std::borrow::Cow;

use super::values::{Named, Said, Target};
use crate::owl::quoted;
use crate::parse::owl::Piece;

/// The IRIs of what is said of entities.
pub(super) const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";
pub(super) const COMMENT: &str = "http://www.w3.org/2000/01/rdf-schema#comment";
pub(super) const ALTERNATIVE: &str = "http://www.w3.org/2004/02/skos/core#altLabel";
const SAME_AS: &str = "http://www.w3.org/2002/07/owl#sameAs";

/// Statements about one entity in functional syntax.
pub(super) struct Pieces<'p> {
    /// None where the entity has no IRI that axioms can speak of.
    pub(super) subject: Option<String>,
    pub(super) list: &'p mut Vec<Piece<'static>>,
}

impl Pieces<'_> {
    pub(super) fn add(&mut self, line: u32, text: impl FnOnce(&str) -> String) {
        if let Some(subject) = &self.subject {
            self.list.push(Piece { text: Cow::Owned(text(subject)), line });
        }
    }

    pub(super) fn annotate(&mut self, property: &str, said: &Said<'_>) {
        let mut value = quoted(said.text.trim());
        if let Some(language) = said.language.filter(|it| is_language(it)) {
            value = format!("{value}@{language}");
        }
        self.add(said.line, |of| format!("AnnotationAssertion(<{property}> <{of}> {value})"));
    }

    /// Says that an entity is the same as another: an annotation, for such lines are wrong in
    /// real pages, and what is merged by them cannot be told apart again.
    pub(super) fn same_as(&mut self, Target { to, label, line }: &Target) {
        let other = match to {
            Named::Iri(iri) => format!("<{iri}>"),
            Named::Slug(text) | Named::Name(text) => quoted(text),
        };
        let note = label.as_ref().map(|label| format!("Annotation(<{LABEL}> {}) ", quoted(label)));
        let note = note.unwrap_or_default();
        self.add(*line, |of| format!("AnnotationAssertion({note}<{SAME_AS}> <{of}> {other})"));
    }
}

/// Whether a text can stand behind the `@` of a literal.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    !first.is_empty()
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
