//! What an ontology claims: classes by their names, with the parents it states.

use std::collections::HashSet;

use crate::iri::{Iri, local_name};
use crate::name::{Name, Rank};
use crate::owl::{EntityId, Ontology, StatedClass};
use crate::record::{Block, Reference, SUBCLASS_OF, SuppliedName};

/// Collects names from the strongest to the weakest; the first of equals stays.
#[derive(Default)]
pub(in crate::parse) struct Names {
    pub(in crate::parse) list: Vec<SuppliedName>,
    seen: HashSet<String>,
}

impl Names {
    /// Adds a name, unless it is there or says nothing.
    pub(in crate::parse) fn add(&mut self, rank: Rank, text: &str) {
        let Some(name) = Name::new(text) else { return };
        if self.seen.insert(name.exact.clone()) {
            self.list.push(SuppliedName { name, rank });
        }
    }
}

/// The claim to a class that axioms speak of. What says nothing but that there is a class
/// mentions it.
pub(in crate::parse) fn claim(ontology: &Ontology, class: &StatedClass) -> Block {
    let iri = iri_of(ontology, class.entity).clone();
    let mut names = Names::default();
    for form in [&iri.expanded, &iri.compact] {
        names.add(Rank::Iri, form);
    }
    let local = local_name(&iri.expanded);
    if let Some(label) = &class.label {
        names.add(Rank::PreferredTerm, label);
    }
    class.alternatives.iter().for_each(|name| names.add(Rank::AltTerm, name));
    names.add(Rank::LocalName, local);
    Block {
        line: class.line,
        label: class.label.as_deref().unwrap_or(local).to_owned(),
        comment: class.comment.as_deref().map(str::to_owned),
        is_mention: class.label.is_none() && class.comment.is_none(),
        names: names.list,
        references: parents(ontology, class).collect(),
        properties: Vec::new(),
        class: iri,
    }
}

/// The parents that axioms give a class.
pub(in crate::parse) fn parents(
    ontology: &Ontology,
    class: &StatedClass,
) -> impl Iterator<Item = Reference> {
    class.parents.iter().filter_map(|(parent, line)| {
        Some(Reference {
            predicate: SUBCLASS_OF.to_owned(),
            target: Name::new(&iri_of(ontology, *parent).expanded)?,
            qualifier: None,
            line: *line,
            is_axiom: true,
        })
    })
}

fn iri_of(ontology: &Ontology, entity: EntityId) -> &Iri {
    &ontology.entities[entity as usize]
}
