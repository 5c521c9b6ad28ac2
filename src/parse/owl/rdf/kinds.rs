//! What the entities of a document are: what it declares first, then what everybody knows.
//!
//! A property of which neither tells a kind keeps it open: another item may declare it.

use super::super::built_in::{OWL, built_in_kind};
use super::super::vocabulary::{RDF, RDFS, XSD};
use super::graph::Graph;
use super::terms::TermId;
use super::words::Word;
use crate::owl::EntityKind;

/// A set of kinds of entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const CLASS: Self = Self(1);
    pub(super) const DATATYPE: Self = Self(2);
    pub(super) const OBJECT: Self = Self(4);
    pub(super) const DATA: Self = Self(8);
    pub(super) const ANNOTATION: Self = Self(16);
    pub(super) const LOGICAL: Self = Self(4 | 8);
    pub(super) const PROPERTY: Self = Self(4 | 8 | 16);

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn is_one(self) -> bool {
        self.0.count_ones() == 1
    }

    fn of(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Class => Self::CLASS,
            EntityKind::Datatype => Self::DATATYPE,
            EntityKind::ObjectProperty => Self::OBJECT,
            EntityKind::DataProperty => Self::DATA,
            EntityKind::AnnotationProperty => Self::ANNOTATION,
            EntityKind::NamedIndividual => Self(0),
        }
    }

    /// The kind of property that goes first where several are possible.
    fn first_property(self) -> Option<EntityKind> {
        [
            (Self::OBJECT, EntityKind::ObjectProperty),
            (Self::DATA, EntityKind::DataProperty),
            (Self::ANNOTATION, EntityKind::AnnotationProperty),
        ]
        .into_iter()
        .find(|(one, _)| self.has(*one))
        .map(|(_, kind)| kind)
    }
}

/// What is known of a term's kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// What the document declares, or OWL itself.
    pub(super) certain: Kinds,
    /// What it usually is: by the vocabulary it belongs to, or by a characteristic that only
    /// one kind of property has.
    pub(super) usual: Kinds,
}

impl Known {
    /// What something is that can be nothing else.
    pub(super) fn only(kinds: Kinds) -> Self {
        Self { certain: kinds, usual: Kinds::default() }
    }

    /// The kinds it is stated to have, or else those it usually has.
    pub(super) fn all(self) -> Kinds {
        if self.certain.is_empty() { self.usual } else { self.certain }
    }
}

/// The kinds of all terms of a graph.
pub(super) struct Vocabulary {
    known: Vec<Known>,
    is_of_owl: Vec<bool>,
}

impl Vocabulary {
    pub(super) fn of(graph: &Graph) -> Self {
        let count = graph.terms.len();
        let (mut known, mut of_owl) = (vec![Known::default(); count], vec![false; count]);
        for term in 0..count {
            let Some(iri) = graph.terms.as_iri(term as TermId) else { continue };
            let is_of_owl = [OWL, RDF, RDFS, XSD].iter().any(|space| iri.starts_with(space));
            of_owl[term] = is_of_owl;
            if let Some(kind) = built_in_kind(iri) {
                let of: &mut Known = &mut known[term];
                let place = if is_of_owl { &mut of.certain } else { &mut of.usual };
                *place = Kinds::of(kind);
            }
        }
        for triple in &graph.triples {
            let Some(class) = Word::of(triple.object) else { continue };
            let subject = match Word::of(triple.property) {
                Some(Word::Type) => Some(triple.subject),
                // A declaration may be stated by its annotation alone.
                Some(Word::AnnotatedTarget) => declared_by(graph, triple.subject),
                _ => None,
            };
            let Some(subject) = subject else { continue };
            let of = &mut known[subject as usize];
            if let Some(kind) = declares(class) {
                of.certain = of.certain.or(Kinds::of(kind));
            } else if is_of_object_properties(class) {
                of.usual = of.usual.or(Kinds::OBJECT);
            }
        }
        Self { known, is_of_owl: of_owl }
    }

    pub(super) fn known(&self, term: TermId) -> Known {
        self.known[term as usize]
    }

    /// Whether a term belongs to RDF, RDFS, OWL or XSD and cannot be of any of these kinds.
    pub(super) fn is_other_word(&self, term: TermId, kinds: Kinds) -> bool {
        self.is_of_owl[term as usize] && !self.known(term).all().has(kinds)
    }
}

/// What an annotated axiom says the type of.
fn declared_by(graph: &Graph, axiom: TermId) -> Option<TermId> {
    if !graph.is_a(axiom, Word::Axiom) {
        return None;
    }
    let (_, property) = graph.only(axiom, Word::AnnotatedProperty)?;
    let (_, source) = graph.only(axiom, Word::AnnotatedSource)?;
    (property == Word::Type.term()).then_some(source)
}

/// The kind of entity that is declared by a type.
pub(super) fn declares(class: Word) -> Option<EntityKind> {
    Some(match class {
        Word::Class | Word::RdfsClass | Word::DeprecatedClass => EntityKind::Class,
        Word::Datatype | Word::DataRange => EntityKind::Datatype,
        Word::ObjectProperty => EntityKind::ObjectProperty,
        Word::DatatypeProperty => EntityKind::DataProperty,
        Word::AnnotationProperty | Word::OntologyProperty => EntityKind::AnnotationProperty,
        Word::NamedIndividual => EntityKind::NamedIndividual,
        _ => return None,
    })
}

/// Whether only object properties can be of a type.
pub(super) fn is_of_object_properties(class: Word) -> bool {
    matches!(
        class,
        Word::InverseFunctionalProperty
            | Word::TransitiveProperty
            | Word::SymmetricProperty
            | Word::AsymmetricProperty
            | Word::ReflexiveProperty
            | Word::IrreflexiveProperty
    )
}

/// Which kind of property a statement speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decided {
    Kind(EntityKind),
    /// Another item may say.
    Open,
}

/// What a statement says of the kind of the properties in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// The kinds it can be made with.
    pub(super) possible: Kinds,
    /// Those of them that it looks like, should nothing else decide.
    pub(super) likely: Kinds,
}

impl Shape {
    pub(super) fn any(possible: Kinds) -> Self {
        Self { possible, likely: possible }
    }
}

/// The kind of properties that are used together, so have the same one; `None` if they cannot.
pub(super) fn decide(properties: &[Known], shape: Shape) -> Option<Decided> {
    let mut kinds = Kinds::PROPERTY;
    for certain in properties.iter().map(|known| known.certain.and(Kinds::PROPERTY)) {
        if !certain.is_empty() {
            kinds = kinds.and(certain);
        }
    }
    kinds = kinds.and(shape.possible);
    if kinds.is_empty() {
        return None;
    }
    let mut is_known = properties.iter().any(|known| known.certain.has(Kinds::PROPERTY));
    if !is_known {
        for known in properties {
            let usual = known.usual.and(kinds);
            if !usual.is_empty() {
                kinds = usual;
                is_known = true;
            }
        }
    }
    let likely = kinds.and(shape.likely);
    if !likely.is_empty() {
        kinds = likely;
    }
    if !is_known && !kinds.is_one() {
        return Some(Decided::Open);
    }
    kinds.first_property().map(Decided::Kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUAL: Kinds = Kinds(4 | 8);

    fn usually(kinds: Kinds) -> Known {
        Known { certain: Kinds::default(), usual: kinds }
    }

    #[test]
    fn a_declaration_decides_and_no_statement_of_another_shape_is_made_of_it() {
        let object = Known::only(Kinds::OBJECT);
        let any = Shape::any(Kinds::PROPERTY);
        let decided = decide(&[object, Known::default()], any);
        assert_eq!(decided, Some(Decided::Kind(EntityKind::ObjectProperty)));
        assert_eq!(decide(&[object], Shape::any(Kinds::DATA)), None);
    }

    #[test]
    fn of_two_declared_kinds_the_shape_chooses() {
        let dual = Known::only(DUAL);
        let data = Shape { possible: Kinds::LOGICAL, likely: Kinds::DATA };
        assert_eq!(decide(&[dual], data), Some(Decided::Kind(EntityKind::DataProperty)));
        let any = Shape::any(Kinds::LOGICAL);
        assert_eq!(decide(&[dual], any), Some(Decided::Kind(EntityKind::ObjectProperty)));
    }

    #[test]
    fn what_a_vocabulary_usually_means_gives_way_to_the_shape_and_to_declarations() {
        let usual = usually(Kinds::ANNOTATION);
        assert_eq!(decide(&[usual], Shape::any(Kinds::LOGICAL)), Some(Decided::Open));
        let both = decide(&[usual, Known::only(Kinds::OBJECT)], Shape::any(Kinds::PROPERTY));
        assert_eq!(both, Some(Decided::Kind(EntityKind::ObjectProperty)));
    }

    #[test]
    fn nothing_known_and_nothing_told_by_the_shape_is_open() {
        let nothing = [Known::default()];
        assert_eq!(decide(&nothing, Shape::any(Kinds::LOGICAL)), Some(Decided::Open));
        let data = Shape { possible: Kinds::LOGICAL, likely: Kinds::DATA };
        assert_eq!(decide(&nothing, data), Some(Decided::Kind(EntityKind::DataProperty)));
    }
}
