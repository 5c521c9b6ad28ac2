//! Names on their way into Turtle: those that RDF cannot hold are written in another way.

use std::collections::HashMap;

use oxrdf::{BlankNode, Literal, NamedNode};

use crate::parse::owl::soundness::{is_iri, is_label, is_language};

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
        let mut out = String::with_capacity(iri.len() + 8);
        let mut has_fragment = false;
        for c in iri.chars() {
            let is_fit = c != '#' && is_iri(c.encode_utf8(&mut [0; 4]));
            let begins_fragment = c == '#' && !has_fragment;
            has_fragment |= begins_fragment;
            if is_fit || begins_fragment {
                out.push(c);
            } else {
                // All that is encoded is of one byte.
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
        }
        NamedNode::new_unchecked(out)
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
