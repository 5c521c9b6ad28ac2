//! Forms: the tree that every syntax is read into, and its canonical text.
//!
//! The text of a form is functional syntax with IRIs in compact form, sets in the order of
//! their texts, and annotations before what they annotate. Equal statements have equal texts.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::grammar::{Category, Construct, Sort};
use super::vocabulary::{RDF, XSD};
use crate::iri::{Iri, PrefixTable};
use crate::owl::{EntityId, quoted};

/// Levels that forms may nest. Everything that walks a form is bounded by it.
pub(super) const LARGEST_DEPTH: usize = 256;

/// A piece of OWL.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// A construct with its arguments, annotations first.
    Call(&'static Construct, Vec<Form>),
    /// Several in parentheses, as keys have them.
    List(Vec<Form>),
    Entity(EntityId),
    /// An anonymous individual, without `_:`.
    Anonymous(Box<str>),
    Literal(Literal),
    Number(u32),
}

impl PartialEq for Construct {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

/// A literal; without a datatype it is a text, in a language or in none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Literal {
    pub(super) value: Box<str>,
    /// In lower case.
    pub(super) language: Option<Box<str>>,
    pub(super) datatype: Option<EntityId>,
}

impl Literal {
    /// The literal in the one way it is written: a text has no datatype.
    pub(super) fn normal(mut self, entities: &Entities) -> Self {
        let Some(datatype) = self.datatype else { return self };
        let datatype = &entities.iri(datatype).expanded;
        if datatype.strip_prefix(XSD) == Some("string") {
            self.datatype = None;
        } else if datatype.strip_prefix(RDF) == Some("PlainLiteral")
            && let Some((value, language)) = self.value.rsplit_once('@')
        {
            let language = (!language.is_empty()).then(|| language.to_ascii_lowercase().into());
            self = Self { value: value.into(), language, datatype: None };
        }
        self
    }
}

/// The IRIs of one item, numbered in the order they are met.
#[derive(Debug, Default)]
pub(super) struct Entities {
    list: Vec<Iri>,
    by_iri: HashTable<EntityId>,
    hashing: RandomState,
}

impl Entities {
    /// The number of an expanded IRI.
    pub(super) fn id(&mut self, expanded: &str, prefixes: &PrefixTable) -> EntityId {
        let (list, hashing) = (&mut self.list, &self.hashing);
        let iri = |id: EntityId| list[id as usize].expanded.as_str();
        let hash = hashing.hash_one(expanded);
        let is_same = |id: &EntityId| iri(*id) == expanded;
        match self.by_iri.entry(hash, is_same, |id| hashing.hash_one(iri(*id))) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                // A document that is small enough to be read holds fewer than four thousand
                // million IRIs.
                let id = list.len() as EntityId;
                place.insert(id);
                list.push(prefixes.whole(expanded));
                id
            }
        }
    }

    /// The IRI of a number that [`Self::id`] gave.
    pub(super) fn iri(&self, id: EntityId) -> &Iri {
        &self.list[id as usize]
    }

    pub(super) fn into_list(self) -> Vec<Iri> {
        self.list
    }
}

/// The canonical text of forms, with the properties whose kinds it waits for: one for each
/// `?` of the text, in its order.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) awaits: Vec<EntityId>,
}

impl Text {
    /// The text of one form.
    pub(super) fn of(form: &Form, entities: &Entities) -> Self {
        let mut text = Self::default();
        text.write(form, entities);
        text
    }

    /// The texts of several, with a space between; as a set each once, in their order.
    pub(super) fn joined(forms: &[Form], is_set: bool, entities: &Entities) -> Self {
        let mut text = Self::default();
        text.join(forms, is_set, entities);
        text
    }

    /// Notes what a word waits for, if it has a `?`: the kind of the property it speaks of.
    pub(super) fn await_kind(&mut self, construct: &Construct, arguments: &[Form]) {
        if construct.word.contains('?') {
            self.awaits.extend(arguments.iter().find_map(property));
        }
    }

    fn write(&mut self, form: &Form, entities: &Entities) {
        match form {
            Form::Entity(id) => entities.iri(*id).write_functional(&mut self.text),
            Form::Anonymous(name) => self.text.extend(["_:", name]),
            Form::Number(number) => self.text.push_str(&number.to_string()),
            Form::Literal(literal) => write_literal(literal, entities, &mut self.text),
            Form::List(forms) => {
                self.text.push('(');
                self.join(forms, true, entities);
                self.text.push(')');
            }
            Form::Call(construct, arguments) => {
                self.text.push_str(construct.word);
                self.text.push('(');
                let (annotations, rest) = arguments.split_at(annotation_count(arguments));
                self.await_kind(construct, rest);
                let (ordered, set) = rest.split_at(construct.set_from.min(rest.len()));
                self.join(annotations, true, entities);
                self.space_before(ordered);
                self.join(ordered, false, entities);
                self.space_before(set);
                self.join(set, true, entities);
                self.text.push(')');
            }
        }
    }

    fn space_before(&mut self, forms: &[Form]) {
        if !forms.is_empty() && !self.text.ends_with('(') {
            self.text.push(' ');
        }
    }

    fn join(&mut self, forms: &[Form], is_set: bool, entities: &Entities) {
        if !is_set || forms.len() < 2 {
            for (at, form) in forms.iter().enumerate() {
                if at > 0 {
                    self.text.push(' ');
                }
                self.write(form, entities);
            }
            return;
        }
        let mut texts: Vec<_> = forms.iter().map(|form| Self::of(form, entities)).collect();
        texts.sort_unstable();
        texts.dedup();
        for (at, Self { text, awaits }) in texts.into_iter().enumerate() {
            if at > 0 {
                self.text.push(' ');
            }
            self.text.push_str(&text);
            self.awaits.extend(awaits);
        }
    }
}

/// The property that a form names, or the inverse of.
fn property(form: &Form) -> Option<EntityId> {
    match form {
        Form::Entity(id) => Some(*id),
        Form::Call(construct, arguments)
            if construct.category == Category::ObjectPropertyExpression =>
        {
            arguments.first().and_then(property)
        }
        _ => None,
    }
}

/// How many of `arguments` are annotations of what follows them.
pub(super) fn annotation_count(arguments: &[Form]) -> usize {
    let is_annotation = |form: &&Form| matches!(form, Form::Call(construct, _) if construct.category == Category::Annotation);
    arguments.iter().take_while(is_annotation).count()
}

fn write_literal(literal: &Literal, entities: &Entities, out: &mut String) {
    out.push_str(&quoted(&literal.value));
    if let Some(language) = &literal.language {
        out.extend(["@", language]);
    } else if let Some(datatype) = literal.datatype {
        out.push_str("^^");
        entities.iri(datatype).write_functional(out);
    }
}

/// Whether a call has the arguments that its construct takes; if not, what is wrong.
pub(super) fn check(construct: &Construct, arguments: &[Form]) -> Result<(), String> {
    let word = construct.word;
    let mut rest = &arguments[annotation_count(arguments)..];
    for place in construct.places {
        let mut count = 0;
        while count < place.most && !rest.is_empty() {
            let taken = usize::from(place.sort == Sort::Facet) + 1;
            if !rest.get(..taken).is_some_and(|forms| fits(place.sort, forms)) {
                break;
            }
            rest = &rest[taken..];
            count += 1;
        }
        if count < place.least {
            let number = arguments.len() - rest.len() + 1;
            let expected = described(place.sort);
            return Err(match rest.first() {
                Some(found) => {
                    let found = named(found);
                    format!("argument {number} of {word} is {found}; expected {expected}")
                }
                None if count > 0 => format!("{word} needs more than {count} {expected}"),
                None => format!("{word} ends before argument {number}; expected {expected}"),
            });
        }
    }
    match rest.first() {
        Some(found) => {
            let (number, found) = (arguments.len() - rest.len() + 1, named(found));
            Err(format!("argument {number} of {word} is {found}; expected no more"))
        }
        None => Ok(()),
    }
}

fn fits(sort: Sort, forms: &[Form]) -> bool {
    let is = |category: Category| matches!(&forms[0], Form::Call(construct, _) if construct.category == category);
    let form = &forms[0];
    match sort {
        Sort::Class => matches!(form, Form::Entity(_)) || is(Category::ClassExpression),
        Sort::ObjectProperty => {
            matches!(form, Form::Entity(_)) || is(Category::ObjectPropertyExpression)
        }
        Sort::ChainOrProperty => is(Category::Chain) || fits(Sort::ObjectProperty, forms),
        Sort::DataRange => matches!(form, Form::Entity(_)) || is(Category::DataRange),
        Sort::Name => matches!(form, Form::Entity(_)),
        Sort::Individual => matches!(form, Form::Entity(_) | Form::Anonymous(_)),
        // Numbers without quotes are common in what people write by hand.
        Sort::Literal => matches!(form, Form::Literal(_) | Form::Number(_)),
        Sort::Value => {
            matches!(
                form,
                Form::Entity(_) | Form::Anonymous(_) | Form::Literal(_) | Form::Number(_)
            )
        }
        Sort::Number => matches!(form, Form::Number(_)),
        Sort::Entity => is(Category::Entity),
        Sort::ObjectProperties => listed(form, Sort::ObjectProperty),
        Sort::DataProperties => listed(form, Sort::Name),
        Sort::Facet => fits(Sort::Name, forms) && fits(Sort::Literal, &forms[1..]),
    }
}

fn listed(form: &Form, sort: Sort) -> bool {
    match form {
        Form::List(forms) => forms.iter().all(|form| fits(sort, std::slice::from_ref(form))),
        _ => false,
    }
}

fn described(sort: Sort) -> &'static str {
    match sort {
        Sort::Class => "a class",
        Sort::ObjectProperty => "an object property",
        Sort::ChainOrProperty => "an object property or a chain of them",
        Sort::DataRange => "a datatype",
        Sort::Name => "an IRI",
        Sort::Individual => "an individual",
        Sort::Literal => "a literal",
        Sort::Value => "a value",
        Sort::Number => "a number",
        Sort::Entity => "an entity with its kind, as in Class(..)",
        Sort::ObjectProperties => "object properties in parentheses",
        Sort::DataProperties => "data properties in parentheses",
        Sort::Facet => "a facet and its literal",
    }
}

fn named(form: &Form) -> String {
    match form {
        Form::Call(construct, _) => construct.word.to_owned(),
        Form::List(_) => "a list".to_owned(),
        Form::Entity(_) => "an IRI".to_owned(),
        Form::Anonymous(_) => "an anonymous individual".to_owned(),
        Form::Literal(_) => "a literal".to_owned(),
        Form::Number(_) => "a number".to_owned(),
    }
}
