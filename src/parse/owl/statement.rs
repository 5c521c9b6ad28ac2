//! From forms to a record: each statement once, with what it says of classes and properties.
//!
//! Forms that come here fit the grammar. Nothing is resolved: a parent is an IRI.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::about::{About, OfProperty};
use super::form::{Entities, Form, Text, annotation_count};
use super::grammar::Construct;
use crate::iri::PrefixTable;
use crate::owl::{
    Axiom, Declaration, EntityId, EntityKind, Import, Ontology, OwlProperty, OwlPropertyKind,
    Particulars, Term,
};

/// Gathers what one item states.
pub(super) struct Statements<'a> {
    pub(super) entities: Entities,
    prefixes: &'a PrefixTable,
    pub(super) ontology: Ontology,
    /// Places of the axioms there are, by their content.
    axioms: HashTable<u32>,
    hashing: RandomState,
    declared: HashSet<(EntityKind, EntityId)>,
    imported: HashSet<Box<str>>,
    /// Where in the list of classes each class is.
    pub(super) classes: HashMap<EntityId, usize>,
    properties: HashMap<EntityId, Vec<usize>>,
    /// By entity, as far as something was said of one.
    pub(super) about: Vec<About>,
    pub(super) of_properties: HashMap<EntityId, OfProperty>,
    pub(super) of_ontology: About,
}

/// Whether a statement was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated {
    New,
    /// The item has said so before.
    Again,
}

impl<'a> Statements<'a> {
    pub(super) fn new(prefixes: &'a PrefixTable) -> Self {
        Self {
            entities: Entities::default(),
            prefixes,
            ontology: Ontology::default(),
            axioms: HashTable::new(),
            hashing: RandomState::new(),
            declared: HashSet::new(),
            imported: HashSet::new(),
            classes: HashMap::new(),
            properties: HashMap::new(),
            about: Vec::new(),
            of_properties: HashMap::new(),
            of_ontology: About::default(),
        }
    }

    /// The number of an expanded IRI.
    pub(super) fn id(&mut self, expanded: &str) -> EntityId {
        self.entities.id(expanded, self.prefixes)
    }

    /// Says which ontology this is. The first one counts.
    pub(super) fn name(&mut self, iri: &str, version_iri: Option<&str>) {
        if self.ontology.iri.is_none() {
            self.ontology.iri = Some(iri.into());
            self.ontology.version_iri = version_iri.map(Into::into);
        }
    }

    /// States an axiom, a declaration, an import or an annotation of the ontology. `arguments`
    /// fit the construct.
    pub(super) fn state(
        &mut self,
        construct: &'static Construct,
        arguments: &[Form],
        line: u32,
    ) -> Stated {
        let (annotations, arguments) = arguments.split_at(annotation_count(arguments));
        match (construct.word, arguments) {
            ("Declaration", [Form::Call(kind, of)]) => {
                let kind = EntityKind::named(kind.word);
                match (kind, of.first()) {
                    (Some(kind), Some(Form::Entity(entity))) => {
                        self.declare(kind, *entity, annotations, line)
                    }
                    _ => unreachable!("the grammar has one entity in a declaration"),
                }
            }
            ("Import", [Form::Entity(iri)]) => {
                let iri = self.entities.iri(*iri).expanded.as_str().into();
                self.import(iri, line)
            }
            _ => self.assert(construct, annotations, arguments, line),
        }
    }

    fn declare(
        &mut self,
        kind: EntityKind,
        entity: EntityId,
        annotations: &[Form],
        line: u32,
    ) -> Stated {
        if kind == EntityKind::Class {
            let class = self.class(entity, line);
            self.ontology.classes[class].is_declared = true;
        }
        if !self.declared.insert((kind, entity)) {
            return Stated::Again;
        }
        let kind_of_property = match kind {
            EntityKind::ObjectProperty => Some(OwlPropertyKind::Object),
            EntityKind::DataProperty => Some(OwlPropertyKind::Data),
            EntityKind::AnnotationProperty => Some(OwlPropertyKind::Annotation),
            _ => None,
        };
        if let Some(kind) = kind_of_property {
            let at = self.ontology.properties.len();
            self.properties.entry(entity).or_default().push(at);
            self.ontology.properties.push(OwlProperty {
                iri: self.entities.iri(entity).clone(),
                label: String::new(),
                kind,
                domain: Vec::new(),
                range: Vec::new(),
                characteristics: Vec::new(),
                line,
            });
        }
        let annotations = self.annotations(annotations, &mut Parts::default());
        self.ontology.declarations.push(Declaration { entity, kind, annotations, line });
        Stated::New
    }

    fn import(&mut self, iri: Box<str>, line: u32) -> Stated {
        if !self.imported.insert(iri.clone()) {
            return Stated::Again;
        }
        self.ontology.imports.push(Import { iri, line });
        Stated::New
    }

    fn assert(
        &mut self,
        construct: &'static Construct,
        annotations: &[Form],
        arguments: &[Form],
        line: u32,
    ) -> Stated {
        let mut parts = Parts::default();
        let mut head = Text::default();
        head.await_kind(construct, arguments);
        parts.awaits = head.awaits;
        let Shape { subject, property, object } = self.shape(construct, arguments, &mut parts);
        let annotations = self.annotations(annotations, &mut parts);
        let axiom = Axiom {
            axiom_type: construct.word,
            subject,
            property,
            object,
            line,
            entities: parts.entities(),
            particulars: Particulars::new(annotations, &parts.awaits),
        };
        if self.push(axiom) == Stated::Again {
            return Stated::Again;
        }
        self.learn(construct, arguments, line);
        Stated::New
    }

    /// Which parts of an axiom are subject, property and object.
    fn shape(&self, construct: &Construct, arguments: &[Form], parts: &mut Parts) -> Shape {
        let mut term = |form: &Form| self.term(form, parts);
        match (construct.word, arguments) {
            ("Annotation", [property, value]) => {
                let (property, value) = (term(property), term(value));
                let subject = Term::Written("_:ontology".into());
                Shape { subject, property: Some(property), object: Some(value) }
            }
            ("ClassAssertion", [class, individual]) => {
                let subject = term(individual);
                Shape { subject, property: None, object: Some(term(class)) }
            }
            (word, [property, subject, object]) if word.ends_with("Assertion") => {
                let subject = term(subject);
                let property = Some(term(property));
                Shape { subject, property, object: Some(term(object)) }
            }
            (_, [subject]) => Shape { subject: term(subject), property: None, object: None },
            (_, [subject, object]) if construct.set_from > 0 => {
                let subject = term(subject);
                Shape { subject, property: None, object: Some(term(object)) }
            }
            _ => self.shape_of_several(construct, arguments, parts),
        }
    }

    /// Of an axiom on several things the first is its subject, in the order of their texts, but
    /// names before expressions.
    fn shape_of_several(
        &self,
        construct: &Construct,
        arguments: &[Form],
        parts: &mut Parts,
    ) -> Shape {
        let mut sorted: Vec<_> = arguments
            .iter()
            .map(|form| {
                let is_named = matches!(form, Form::Entity(_));
                (!is_named, Text::of(form, &self.entities), form)
            })
            .collect();
        if construct.set_from < sorted.len() {
            let set = &mut sorted[construct.set_from..];
            set.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
            let before = sorted.len();
            sorted.dedup_by(|a, b| a.1 == b.1);
            // What is equal to itself is still said of two.
            if sorted.len() == 1 && before > 1 {
                let (is_written, text, form) = &sorted[0];
                let again = Text { text: text.text.clone(), awaits: text.awaits.clone() };
                sorted.push((*is_written, again, *form));
            }
        }
        let mut sorted = sorted.into_iter();
        let subject = match sorted.next() {
            Some((_, _, form)) => self.term(form, parts),
            None => Term::Written(Box::default()),
        };
        let rest: Vec<_> = sorted.collect();
        let object = match rest.as_slice() {
            [] => None,
            [(_, _, form)] => Some(self.term(form, parts)),
            several => {
                let mut written = String::new();
                for (_, text, form) in several {
                    if !written.is_empty() {
                        written.push(' ');
                    }
                    written.push_str(&text.text);
                    parts.awaits.extend(&text.awaits);
                    parts.note(form);
                }
                Some(Term::Written(written.into()))
            }
        };
        Shape { subject, property: None, object }
    }

    pub(super) fn term(&self, form: &Form, parts: &mut Parts) -> Term {
        if let Form::Entity(id) = form {
            return Term::Entity(*id);
        }
        parts.note(form);
        let text = Text::of(form, &self.entities);
        parts.awaits.extend(text.awaits);
        // Copied, for what a text leaves of its place when it shrinks is rarely of use.
        Term::Written(text.text.as_str().into())
    }

    fn annotations(&self, annotations: &[Form], parts: &mut Parts) -> Option<Box<str>> {
        annotations.iter().for_each(|form| parts.note(form));
        let text = Text::joined(annotations, true, &self.entities).text;
        (!annotations.is_empty()).then(|| text.into())
    }

    pub(super) fn push(&mut self, axiom: Axiom) -> Stated {
        let (axioms, hashing) = (&mut self.ontology.axioms, &self.hashing);
        let hash = |axiom: &Axiom| hashing.hash_one(content(axiom));
        let is_same = |at: &u32| content(&axioms[*at as usize]) == content(&axiom);
        match self.axioms.entry(hash(&axiom), is_same, |at| hash(&axioms[*at as usize])) {
            Entry::Occupied(_) => return Stated::Again,
            // A document that is small enough to be read states fewer than four thousand million.
            Entry::Vacant(place) => place.insert(axioms.len() as u32),
        };
        axioms.push(axiom);
        Stated::New
    }

    /// Everything that was stated.
    pub(super) fn finish(mut self) -> Ontology {
        for class in &mut self.ontology.classes {
            let Some(about) = self.about.get_mut(class.entity as usize) else { continue };
            class.label = about.label.map(|(_, annotation)| annotation);
            class.comment = about.comment.map(|(_, annotation)| annotation);
            class.other_labels = std::mem::take(&mut about.other_labels);
            class.other_labels.sort_unstable();
            class.alternatives = std::mem::take(&mut about.alternatives);
            class.alternatives.sort_unstable();
            class.alternatives.dedup();
        }
        for (entity, places) in &self.properties {
            let label = self.about.get(*entity as usize).and_then(|about| about.label);
            let OfProperty { domain, range, characteristics } =
                self.of_properties.remove(entity).unwrap_or_default();
            let shown = |ids: &[EntityId]| {
                let mut shown: Vec<_> =
                    ids.iter().map(|id| self.entities.iri(*id).compact.clone()).collect();
                shown.sort_unstable();
                shown.dedup();
                shown
            };
            for at in places {
                let label = label.map(|(_, annotation)| self.ontology.said(annotation).into());
                let property = &mut self.ontology.properties[*at];
                property.label = match label {
                    Some(label) => label,
                    None => crate::iri::local_name(&property.iri.expanded).to_owned(),
                };
                property.domain = shown(&domain);
                property.range = shown(&range);
                property.characteristics.clone_from(&characteristics);
                property.characteristics.sort_unstable();
                property.characteristics.dedup();
            }
        }
        for (entity, about) in (0..).zip(&mut self.about) {
            if !self.classes.contains_key(&entity) {
                let others = std::mem::take(&mut about.other_labels);
                let labels = &mut self.ontology.other_labels;
                labels.extend(
                    about.label.map(|(_, annotation)| annotation).into_iter().chain(others),
                );
            }
        }
        self.ontology.other_labels.sort_unstable();
        self.ontology.label = self.of_ontology.label.map(|(_, annotation)| annotation);
        self.ontology.comment = self.of_ontology.comment.map(|(_, annotation)| annotation);
        self.ontology.entities = self.entities.into_list();
        self.ontology
    }
}

struct Shape {
    subject: Term,
    property: Option<Term>,
    object: Option<Term>,
}

/// What the written parts of an axiom hold.
#[derive(Default)]
pub(super) struct Parts {
    entities: Vec<EntityId>,
    pub(super) awaits: Vec<EntityId>,
}

impl Parts {
    /// Notes the entities within a form.
    fn note(&mut self, form: &Form) {
        match form {
            Form::Entity(id) => self.entities.push(*id),
            Form::Literal(literal) => self.entities.extend(literal.datatype),
            Form::Call(_, forms) | Form::List(forms) => {
                forms.iter().for_each(|form| self.note(form));
            }
            Form::Anonymous(_) | Form::Number(_) => {}
        }
    }

    pub(super) fn entities(&mut self) -> Box<[EntityId]> {
        self.entities.sort_unstable();
        self.entities.dedup();
        std::mem::take(&mut self.entities).into()
    }
}

/// What an axiom says, wherever it says it.
fn content(axiom: &Axiom) -> (&'static str, &Term, Option<&Term>, Option<&Term>, Option<&str>) {
    let Axiom { axiom_type, subject, property, object, .. } = axiom;
    (axiom_type, subject, property.as_ref(), object.as_ref(), axiom.annotations())
}
