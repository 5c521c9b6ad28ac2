//! OWL as an item states it: axioms in canonical form, and what they are about.
//!
//! IRIs are numbered within one item, for a document names each of them many times. What the
//! axioms mean for classes and properties is told by `parse::owl`; which class is shown is the
//! store's business.

use std::borrow::Cow;

use serde::Serialize;

use crate::iri::Iri;

/// What an OWL document, or the fences of a page, state.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Ontology {
    /// The ontology's own IRI, where it states one.
    pub iri: Option<Box<str>>,
    /// The IRI of its version.
    pub version_iri: Option<Box<str>>,
    /// What annotates it with its label or title, where something does.
    pub label: Option<AxiomId>,
    /// What annotates it with a description, where something does.
    pub comment: Option<AxiomId>,
    /// What annotates its individuals and properties with labels, in the order it does.
    pub other_labels: Vec<AxiomId>,
    /// What it imports, in the order stated. Imports are never fetched.
    pub imports: Vec<Import>,
    /// Every IRI that the rest speaks of, by [`EntityId`].
    pub entities: Vec<Iri>,
    /// What entities are declared to be, each (kind, entity) once.
    pub declarations: Vec<Declaration>,
    /// The other axioms, each once.
    pub axioms: Vec<Axiom>,
    /// Restrictions on a named class, taken out of its axioms.
    pub restrictions: Vec<Restriction>,
    /// Classes it declares or says something of, in the order it does.
    pub classes: Vec<StatedClass>,
    /// Properties it declares, in the order it does.
    pub properties: Vec<OwlProperty>,
    /// How its triples were accounted for, if it was read as RDF.
    pub triples: Option<Triples>,
}

impl Ontology {
    /// Whether it states nothing at all.
    pub fn is_empty(&self) -> bool {
        self.imports.is_empty() && self.declarations.is_empty() && self.axioms.is_empty()
    }

    /// The literals that annotations say, a line each; `None` if there are none.
    pub fn said_by(&self, annotations: &[AxiomId]) -> Option<String> {
        let texts = annotations.iter().map(|annotation| self.said(*annotation));
        (!annotations.is_empty()).then(|| texts.collect::<Vec<_>>().join("\n"))
    }

    /// The literal that an annotation says, without white space around it; empty if it says none.
    pub fn said(&self, annotation: AxiomId) -> Cow<'_, str> {
        let Some(Term::Written(object)) = &self.axioms[annotation as usize].object else {
            return Cow::Borrowed("");
        };
        match unquoted(object) {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        }
    }
}

/// A place in [`Ontology::entities`].
pub type EntityId = u32;

/// A place in [`Ontology::axioms`].
pub type AxiomId = u32;

/// An imported ontology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The IRI it is asked for by.
    pub iri: Box<str>,
    /// Where it stands, from 1; 0 where that is unknown.
    pub line: u32,
}

/// The kinds of entity that OWL 2 knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum EntityKind {
    /// A class.
    Class,
    /// A datatype.
    Datatype,
    /// A property between individuals.
    ObjectProperty,
    /// A property from individuals to literals.
    DataProperty,
    /// A property without logical meaning.
    AnnotationProperty,
    /// An individual with a name.
    NamedIndividual,
}

impl EntityKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Class,
        Self::Datatype,
        Self::ObjectProperty,
        Self::DataProperty,
        Self::AnnotationProperty,
        Self::NamedIndividual,
    ];

    /// The name of OWL 2's structure.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Class => "Class",
            Self::Datatype => "Datatype",
            Self::ObjectProperty => "ObjectProperty",
            Self::DataProperty => "DataProperty",
            Self::AnnotationProperty => "AnnotationProperty",
            Self::NamedIndividual => "NamedIndividual",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What stands in place of a `?` where a property of this kind is spoken of.
    pub fn prefix(self) -> Option<&'static str> {
        match self {
            Self::ObjectProperty => Some("Object"),
            Self::DataProperty => Some("Data"),
            Self::AnnotationProperty => Some("Annotation"),
            Self::Class | Self::Datatype | Self::NamedIndividual => None,
        }
    }
}

/// What an entity is declared to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// The entity.
    pub entity: EntityId,
    /// What it is.
    pub kind: EntityKind,
    /// The declaration's own annotations in functional syntax, sorted.
    pub annotations: Option<Box<str>>,
    /// Where it stands, from 1; 0 where that is unknown.
    pub line: u32,
}

/// One axiom, annotation or untyped statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axiom {
    /// The name of OWL 2's structure, such as `SubClassOf`. With a `?` in it, as in
    /// `?PropertyAssertion`, the kind of a property decides which it is; [`UNTYPED`] is a
    /// statement that no structure fits.
    pub axiom_type: &'static str,
    /// What it is about.
    pub subject: Term,
    /// The property of an assertion.
    pub property: Option<Term>,
    /// The rest of it.
    pub object: Option<Term>,
    /// Where it stands, from 1; 0 where that is unknown.
    pub line: u32,
    /// Entities within its written parts, each once.
    pub entities: Box<[EntityId]>,
    /// What most axioms do not have.
    pub particulars: Option<Box<Particulars>>,
}

/// What few axioms have: kept apart, for a large document states a million.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    annotations: Option<Box<str>>,
    awaits: Box<[EntityId]>,
}

impl Particulars {
    /// An axiom's own annotations in functional syntax, sorted, and the properties whose kinds
    /// it waits for, one for each `?` in reading order: type, subject, object.
    pub fn new(annotations: Option<Box<str>>, awaits: &[EntityId]) -> Option<Box<Self>> {
        let has_any = annotations.is_some() || !awaits.is_empty();
        has_any.then(|| Box::new(Self { annotations, awaits: awaits.into() }))
    }
}

impl Axiom {
    /// Its own annotations in functional syntax, sorted.
    pub fn annotations(&self) -> Option<&str> {
        self.particulars.as_ref()?.annotations.as_deref()
    }

    /// The properties whose kinds it waits for, one for each `?` in reading order: type,
    /// subject, object.
    pub fn awaits(&self) -> &[EntityId] {
        self.particulars.as_ref().map_or(&[], |it| &it.awaits)
    }
}

/// The type of a statement that is kept as it stands.
pub const UNTYPED: &str = "?";

/// A part of an axiom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Term {
    /// An entity by its IRI.
    Entity(EntityId),
    /// Anything else in functional syntax: an expression, a literal, an anonymous individual, or
    /// several of these.
    Written(Box<str>),
}

/// A condition that a named class puts on a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The axiom that states it.
    pub axiom: AxiomId,
    /// The class.
    pub subject: EntityId,
    /// The property or its inverse.
    pub property: Term,
    /// How it is restricted.
    pub quantifier: Quantifier,
    /// How often, of a cardinality.
    pub cardinality: Option<u32>,
    /// What to, where that is stated.
    pub filler: Option<Term>,
}

/// How a property is restricted, in the words of Manchester syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantifier {
    /// At least one.
    Some,
    /// None but these.
    Only,
    /// Exactly this one.
    Value,
    /// Itself.
    SelfValue,
    /// At least so many.
    Min,
    /// At most so many.
    Max,
    /// So many.
    Exactly,
}

impl Quantifier {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Some => "some",
            Self::Only => "only",
            Self::Value => "value",
            Self::SelfValue => "self",
            Self::Min => "min",
            Self::Max => "max",
            Self::Exactly => "exactly",
        }
    }
}

/// What is said of one named class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedClass {
    /// The class.
    pub entity: EntityId,
    /// Whether it is declared; else axioms merely speak of it.
    pub is_declared: bool,
    /// Where it is first stated, from 1; 0 where that is unknown.
    pub line: u32,
    /// What annotates it with its label, where something does.
    pub label: Option<AxiomId>,
    /// What annotates it with its definition or a comment, where something does.
    pub comment: Option<AxiomId>,
    /// What annotates it with further labels, such as those in other languages.
    pub other_labels: Vec<AxiomId>,
    /// Other names of it.
    pub alternatives: Vec<Box<str>>,
    /// The named classes it is stated to be below, each once.
    pub parents: Vec<(EntityId, u32)>,
}

/// What became of the triples of a document. The sum of the parts is the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Triples {
    /// All that were read.
    pub read: u64,
    /// Those that an axiom, a declaration, an annotation or a header is made of.
    pub typed: u64,
    /// Those that wait for the kind of a property that another item may declare.
    pub awaiting: u64,
    /// Those that are kept as they stand.
    pub untyped: u64,
    /// Those that say what another one says.
    pub repeated: u64,
}

impl Triples {
    /// Whether none was dropped.
    pub fn add_up(&self) -> bool {
        self.read == self.typed + self.awaiting + self.untyped + self.repeated
    }
}

/// A declared OWL property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwlProperty {
    /// Its identity.
    pub iri: Iri,
    /// Its label, where stated; else the local name.
    pub label: String,
    /// Its kind.
    pub kind: OwlPropertyKind,
    /// Names of its domain as written.
    pub domain: Vec<String>,
    /// Names of its range as written.
    pub range: Vec<String>,
    /// What else holds of it, in OWL 2's names without the kind, such as `Transitive`.
    pub characteristics: Vec<&'static str>,
    /// Where it stands, from 1.
    pub line: u32,
}

/// The kinds of property that OWL 2 knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwlPropertyKind {
    /// Between individuals.
    Object,
    /// From individuals to literals.
    Data,
    /// Without logical meaning.
    Annotation,
}

impl OwlPropertyKind {
    /// The word consumers read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Object => "ObjectProperty",
            Self::Data => "DataProperty",
            Self::Annotation => "AnnotationProperty",
        }
    }
}

/// `text` with each `?` outside of IRIs and quotes replaced by what `kinds` gives in turn;
/// `None` if one of them gives nothing. Of an assertion, what annotates is `AnnotationAssertion`.
pub fn typed(text: &str, mut kinds: impl FnMut() -> Option<EntityKind>) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['?', '<', '"']) {
        out.push_str(&rest[..at]);
        let length = match rest.as_bytes()[at] {
            b'<' => rest[at..].find('>').map_or(rest.len() - at, |end| end + 1),
            b'"' => quoted_length(&rest[at..]),
            _ => {
                let kind = kinds()?;
                out.push_str(kind.prefix()?);
                let after = &rest[at + 1..];
                let is_annotation = kind == EntityKind::AnnotationProperty;
                rest = match after.strip_prefix("PropertyAssertion") {
                    Some(_) if is_annotation => &after["Property".len()..],
                    _ => after,
                };
                continue;
            }
        };
        out.push_str(&rest[at..at + length]);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Some(out)
}

/// A text in quotes, as functional syntax has it.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\\']) {
        out.push_str(&rest[..at]);
        out.push('\\');
        out.push_str(&rest[at..=at]);
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    out.push('"');
    out
}

/// The text of a literal in functional syntax, without its language or its datatype; empty if
/// that is no literal.
pub fn unquoted(literal: &str) -> Cow<'_, str> {
    if !literal.starts_with('"') {
        return Cow::Borrowed("");
    }
    let text = &literal[1..quoted_length(literal)];
    let text = text.strip_suffix('"').unwrap_or(text);
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(next) = characters.next() {
        out.extend(if next == '\\' { characters.next() } else { Some(next) });
    }
    Cow::Owned(out)
}

/// In a set of an axiom's parts that are IRIs: its subject.
pub const NAMED_SUBJECT: i64 = 1;
/// Its property.
pub const NAMED_PROPERTY: i64 = 2;
/// Its object.
pub const NAMED_OBJECT: i64 = 4;

/// An axiom in functional syntax, put together of its parts; all of them in functional syntax.
pub fn functional(
    axiom_type: &str,
    annotations: Option<&str>,
    property: Option<&str>,
    subject: &str,
    object: Option<&str>,
) -> String {
    let parts = match axiom_type {
        "ClassAssertion" => [annotations, object, Some(subject), None],
        // Whose ontology it annotates is where it stands.
        "Annotation" => [annotations, property, object, None],
        _ => [annotations, property, Some(subject), object],
    };
    let mut text = format!("{axiom_type}(");
    for (at, part) in parts.into_iter().flatten().enumerate() {
        if at > 0 {
            text.push(' ');
        }
        text.push_str(part);
    }
    text.push(')');
    text
}

/// `text` with what names its anonymous individuals put behind `scope`: such names mean
/// something within one item only.
pub fn scoped(text: &str, scope: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(['_', '<', '"']) {
        let is_start = rest[..at].is_empty() && out.is_empty() || rest[..at].ends_with([' ', '(']);
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match rest.as_bytes()[0] {
            b'<' => rest.find('>').map_or(rest.len(), |end| end + 1),
            b'"' => quoted_length(rest),
            _ if is_start && rest.starts_with("_:") => {
                out.push_str("_:");
                out.push_str(scope);
                rest = &rest[2..];
                continue;
            }
            _ => 1,
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The length of the quoted text that `text` begins with, its quotes included.
fn quoted_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Option<String> {
        typed(text, || Some(EntityKind::ObjectProperty))
    }

    #[test]
    fn a_kind_takes_the_place_of_each_question_mark_outside_of_iris_and_quotes() {
        assert_eq!(
            object("?SomeValuesFrom(ex:p <a?b>)").as_deref(),
            Some("ObjectSomeValuesFrom(ex:p <a?b>)")
        );
        assert_eq!(object(r#""why \"?" "#).as_deref(), Some(r#""why \"?" "#));
        assert_eq!(object("Sub?PropertyOf").as_deref(), Some("SubObjectPropertyOf"));
    }

    #[test]
    fn an_assertion_by_an_annotation_property_is_an_annotation_assertion() {
        let typed = typed("?PropertyAssertion", || Some(EntityKind::AnnotationProperty));
        assert_eq!(typed.as_deref(), Some("AnnotationAssertion"));
    }

    #[test]
    fn anonymous_individuals_are_named_within_a_scope() {
        let text = r#"SameIndividual(_:b0 <u:_:x> "_:y" ex:a_:b _:b1)"#;
        let expected = r#"SameIndividual(_:s7-b0 <u:_:x> "_:y" ex:a_:b _:s7-b1)"#;
        assert_eq!(scoped(text, "s7-"), expected);
        assert_eq!(scoped("_:b", "s-"), "_:s-b");
    }

    #[test]
    fn what_is_quoted_can_be_had_back() {
        for text in ["", "a", "\"", "\\", "a \"b\" \\", "é\nx"] {
            for literal in [quoted(text), quoted(text) + "@en", quoted(text) + "^^xsd:string"] {
                assert_eq!(unquoted(&literal), text, "{literal}");
            }
        }
        assert_eq!(unquoted("_:b"), "");
        assert_eq!(unquoted("\"open"), "open");
    }

    #[test]
    fn what_is_no_property_gives_no_type() {
        assert_eq!(typed("?PropertyAssertion", || Some(EntityKind::Class)), None);
        assert_eq!(typed("?PropertyAssertion", || None), None);
        assert_eq!(typed(UNTYPED, || None), None);
    }
}
