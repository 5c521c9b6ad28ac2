//! What statements say of the classes and properties that they are about.
//!
//! Nothing is resolved: a parent is an IRI.

use super::form::{Form, Literal};
use super::grammar::{Category, Construct};
use super::statement::{Parts, Statements};
use super::vocabulary::{Meaning, meaning};
use crate::iri::built_in_iri;
use crate::owl::{AxiomId, EntityId, Quantifier, Restriction, StatedClass};

/// What annotations say of an entity, whatever it turns out to be: how far behind others they
/// stand, and where.
#[derive(Default)]
pub(super) struct About {
    pub(super) label: Option<(u8, AxiomId)>,
    /// Labels beyond that one.
    pub(super) other_labels: Vec<AxiomId>,
    pub(super) comment: Option<(u8, AxiomId)>,
    pub(super) alternatives: Vec<Box<str>>,
}

/// What axioms say of a property.
#[derive(Default)]
pub(super) struct OfProperty {
    pub(super) domain: Vec<EntityId>,
    pub(super) range: Vec<EntityId>,
    pub(super) characteristics: Vec<&'static str>,
}

impl Statements<'_> {
    /// What an axiom says of the classes and properties it is about.
    pub(super) fn learn(&mut self, construct: &Construct, arguments: &[Form], line: u32) {
        match (construct.word, arguments) {
            ("AnnotationAssertion", [Form::Entity(property), Form::Entity(of), value]) => {
                self.learn_name(*property, Some(*of), value);
            }
            ("Annotation", [Form::Entity(property), value]) => {
                self.learn_name(*property, None, value);
            }
            ("SubClassOf", [Form::Entity(child), parent]) => {
                if let Some(class) = self.spoken_of(*child, line)
                    && let Form::Entity(parent) = parent
                    && parent != child
                {
                    let parents = &mut self.ontology.classes[class].parents;
                    if parents.iter().all(|(known, _)| known != parent) {
                        parents.push((*parent, line));
                    }
                }
                self.restrict(*child, parent);
            }
            ("EquivalentClasses", all) => {
                for form in all {
                    let Form::Entity(class) = form else { continue };
                    self.spoken_of(*class, line);
                    for other in all {
                        self.restrict(*class, other);
                    }
                }
            }
            ("DisjointUnion" | "HasKey", [Form::Entity(class), ..]) => {
                self.spoken_of(*class, line);
            }
            (word, [Form::Entity(property), Form::Entity(class)])
                if word.ends_with("PropertyDomain") =>
            {
                self.of_property(*property).domain.push(*class);
            }
            (word, [Form::Entity(property), Form::Entity(class)])
                if word.ends_with("PropertyRange") =>
            {
                self.of_property(*property).range.push(*class);
            }
            (word, [Form::Entity(property)]) => {
                if let Some(characteristic) = characteristic(word) {
                    self.of_property(*property).characteristics.push(characteristic);
                }
            }
            _ => {}
        }
    }

    /// Learns what the last axiom, which annotates an entity or else the ontology, says.
    fn learn_name(&mut self, property: EntityId, of: Option<EntityId>, value: &Form) {
        let Some((meaning, rank)) = meaning(&self.entities.iri(property).expanded) else { return };
        let Form::Literal(Literal { value, language, .. }) = value else { return };
        // What is said in English, or in no language, goes before what is said in others.
        let is_foreign = language.as_ref().is_some_and(|it| !it.starts_with("en"));
        let rank = rank * 2 + u8::from(is_foreign);
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let annotation = self.last_axiom();
        let about = match of {
            Some(of) => {
                let place = of as usize;
                self.about.resize_with(self.about.len().max(place + 1), About::default);
                &mut self.about[place]
            }
            None => &mut self.of_ontology,
        };
        let place = match meaning {
            Meaning::Label => &mut about.label,
            Meaning::Comment => &mut about.comment,
            Meaning::Alternative => return about.alternatives.push(value.into()),
        };
        let ontology = &self.ontology;
        let is_first =
            |(known, axiom): (u8, AxiomId)| (rank, value) < (known, &*ontology.said(axiom));
        let mut other = Some(annotation);
        if place.is_none_or(is_first) {
            other = place.replace((rank, annotation)).map(|(_, before)| before);
        }
        if let (Meaning::Label, Some(other)) = (meaning, other) {
            about.other_labels.push(other);
        }
    }

    fn of_property(&mut self, property: EntityId) -> &mut OfProperty {
        self.of_properties.entry(property).or_default()
    }

    /// The axiom that was stated last.
    fn last_axiom(&self) -> AxiomId {
        // There are fewer of them in a document that is small enough to be read.
        self.ontology.axioms.len() as AxiomId - 1
    }

    /// A class that is spoken of; none for terms that every ontology knows.
    fn spoken_of(&mut self, entity: EntityId, line: u32) -> Option<usize> {
        if built_in_iri(&self.entities.iri(entity).expanded).is_some() {
            return None;
        }
        Some(self.class(entity, line))
    }

    pub(super) fn class(&mut self, entity: EntityId, line: u32) -> usize {
        *self.classes.entry(entity).or_insert_with(|| {
            self.ontology.classes.push(StatedClass {
                entity,
                is_declared: false,
                line,
                label: None,
                comment: None,
                other_labels: Vec::new(),
                alternatives: Vec::new(),
                parents: Vec::new(),
            });
            self.ontology.classes.len() - 1
        })
    }

    /// Takes the restrictions on `subject` out of an expression that holds of it.
    fn restrict(&mut self, subject: EntityId, expression: &Form) {
        let Form::Call(construct, arguments) = expression else { return };
        if construct.word == "ObjectIntersectionOf" {
            arguments.iter().for_each(|part| self.restrict(subject, part));
            return;
        }
        let Some(quantifier) = quantifier(construct) else { return };
        let (cardinality, rest) = match arguments.as_slice() {
            [Form::Number(number), rest @ ..] => (Some(*number), rest),
            rest => (None, rest),
        };
        let Some((property, filler)) = rest.split_first() else { return };
        // Entities of these parts are noted with the axiom.
        let mut parts = Parts::default();
        let property = self.term(property, &mut parts);
        let filler = filler.first().map(|filler| self.term(filler, &mut parts));
        // A filler whose own kind is open can be seen in its axiom only.
        if !parts.awaits.is_empty() {
            return;
        }
        let axiom = self.last_axiom();
        let restriction = Restriction { axiom, subject, property, quantifier, cardinality, filler };
        self.ontology.restrictions.push(restriction);
    }
}

fn characteristic(word: &str) -> Option<&'static str> {
    const ALL: [&str; 7] = [
        "InverseFunctional",
        "Functional",
        "Reflexive",
        "Irreflexive",
        "Symmetric",
        "Asymmetric",
        "Transitive",
    ];
    ALL.into_iter().find(|name| word.starts_with(name))
}

fn quantifier(construct: &Construct) -> Option<Quantifier> {
    if construct.category != Category::ClassExpression {
        return None;
    }
    let word = construct.word;
    Some(match word {
        _ if word.ends_with("SomeValuesFrom") => Quantifier::Some,
        _ if word.ends_with("AllValuesFrom") => Quantifier::Only,
        _ if word.ends_with("HasValue") => Quantifier::Value,
        _ if word.ends_with("HasSelf") => Quantifier::SelfValue,
        _ if word.ends_with("MinCardinality") => Quantifier::Min,
        _ if word.ends_with("MaxCardinality") => Quantifier::Max,
        _ if word.ends_with("ExactCardinality") => Quantifier::Exactly,
        _ => return None,
    })
}
