//! What an ontology claims: classes by their names, with the parents it states.
//!
//! Made when it is asked for: an ontology of a hundred thousand classes would be several times as
//! large with all of it.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::iri::{Iri, local_name};
use crate::name::{Name, Rank};
use crate::owl::{EntityId, Ontology, StatedClass};
use crate::record::{Block, Reference, SUBCLASS_OF, SuppliedName};

/// Collects names from the strongest to the weakest; the first of equals stays.
#[derive(Default)]
pub struct Names {
    list: Vec<SuppliedName>,
    seen: HashSet<String>,
}

impl Names {
    /// Adds a name, unless it is there or says nothing.
    pub fn add(&mut self, rank: Rank, text: &str) {
        let Some(name) = Name::new(text) else { return };
        if self.seen.insert(name.exact.clone()) {
            self.list.push(SuppliedName { name, rank });
        }
    }

    /// All that were added, in that order.
    pub fn into_list(self) -> Vec<SuppliedName> {
        self.list
    }
}

/// A claim to a class, without its names and its relations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'a> {
    /// The class.
    pub class: &'a Iri,
    /// What it is called.
    pub label: Cow<'a, str>,
    /// What is said about it, where something is.
    pub comment: Option<Cow<'a, str>>,
    /// What else it is called, such as in other languages, a line each.
    pub other_labels: Option<String>,
    /// Where it stands, from 1; 0 where that is unknown.
    pub line: u32,
    /// Whether the class is only spoken of in passing: any other claim to it is shown first.
    pub is_mention: bool,
}

impl<'a> Claim<'a> {
    /// What a block claims.
    pub fn of_block(block: &'a Block) -> Self {
        Self {
            class: &block.class,
            label: Cow::Borrowed(&block.label),
            comment: block.comment.as_deref().map(Cow::Borrowed),
            other_labels: block.other_labels.clone(),
            line: block.line,
            is_mention: block.is_mention,
        }
    }

    /// The claim to a class that axioms speak of. What says nothing but that there is a class
    /// mentions it.
    pub fn of_class(ontology: &'a Ontology, class: &'a StatedClass) -> Self {
        let iri = iri_of(ontology, class.entity);
        Self {
            class: iri,
            label: match class.label {
                Some(annotation) => ontology.said(annotation),
                None => Cow::Borrowed(local_name(&iri.expanded)),
            },
            comment: class.comment.map(|annotation| ontology.said(annotation)),
            other_labels: ontology.said_by(&class.other_labels),
            line: class.line,
            is_mention: class.label.is_none() && class.comment.is_none(),
        }
    }
}

/// The names that axioms give a class.
pub fn names(ontology: &Ontology, class: &StatedClass) -> Vec<SuppliedName> {
    let iri = iri_of(ontology, class.entity);
    let mut names = Names::default();
    for form in [iri.name(), &iri.compact] {
        names.add(Rank::Iri, form);
    }
    if let Some(label) = class.label {
        names.add(Rank::PreferredTerm, &ontology.said(label));
    }
    class.alternatives.iter().for_each(|name| names.add(Rank::AltTerm, name));
    names.add(Rank::LocalName, local_name(&iri.expanded));
    names.list
}

/// The parents that axioms give a class.
pub fn parents(ontology: &Ontology, class: &StatedClass) -> impl Iterator<Item = Reference> {
    class.parents.iter().filter_map(|(parent, line)| {
        Some(Reference {
            predicate: SUBCLASS_OF.to_owned(),
            target: Name::new(iri_of(ontology, *parent).name())?,
            label: None,
            qualifier: None,
            line: *line,
            is_axiom: true,
        })
    })
}

/// The claim to a class as a block of a page.
pub fn block(ontology: &Ontology, class: &StatedClass) -> Block {
    let Claim { class: iri, label, comment, other_labels, line, is_mention } =
        Claim::of_class(ontology, class);
    Block {
        line,
        label: label.into(),
        other_labels,
        comment: comment.map(Into::into),
        is_mention,
        names: names(ontology, class),
        references: parents(ontology, class).collect(),
        properties: Vec::new(),
        class: iri.clone(),
    }
}

fn iri_of(ontology: &Ontology, entity: EntityId) -> &Iri {
    &ontology.entities[entity as usize]
}
