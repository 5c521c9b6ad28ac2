//! Names on their way into Turtle: those that RDF cannot hold are written in another way.

use std::collections::HashMap;

use oxrdf::{BlankNode, Literal, NamedNode};

use crate::iri::percent_encoded;
use crate::parse::owl::soundness::{fits_iri, is_iri, is_label, is_language};

/// Names as RDF can hold them.
#[derive(Default)]
pub(super) struct Names {
    altered: u64,
    /// Numbers of labels that Turtle has no way to write.
    labels: HashMap<String, usize>,
}

impl Names {
    /// How many names were altered.
    pub(super) fn altered(&self) -> u64 {
        self.altered
    }

    /// An IRI; what it may not hold is percent-encoded.
    pub(super) fn iri(&mut self, iri: &str) -> NamedNode {
        if is_iri(iri) {
            return NamedNode::new_unchecked(iri);
        }
        self.altered += 1;
        let mut has_fragment = false;
        NamedNode::new_unchecked(percent_encoded(iri, |c| match c {
            '#' => !std::mem::replace(&mut has_fragment, true),
            c => fits_iri(c),
        }))
    }

    /// The node of an anonymous individual.
    pub(super) fn node(&mut self, label: &str) -> BlankNode {
        if is_label(label) {
            return BlankNode::new_unchecked(format!("i-{label}"));
        }
        let next = self.labels.len();
        let number = *self.labels.entry(label.to_owned()).or_insert_with(|| {
            self.altered += 1;
            next
        });
        BlankNode::new_unchecked(format!("x{number}"))
    }

    /// A text in a language; in none if that cannot be written.
    pub(super) fn tagged(&mut self, value: &str, language: &str) -> Literal {
        if is_language(language) {
            return Literal::new_language_tagged_literal_unchecked(value, language);
        }
        self.altered += 1;
        let mended = language.replace('_', "-");
        match is_language(&mended) {
            true => Literal::new_language_tagged_literal_unchecked(value, mended),
            false => Literal::new_simple_literal(value),
        }
    }
}
