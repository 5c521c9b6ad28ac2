//! The grammar of OWL 2: each construct with what it takes.
//!
//! Source: W3C, OWL 2 Structural Specification and Functional-Style Syntax, second edition.
//! Words with a `?` are those whose first letters depend on the kind of a property.

use Sort::*;

/// What may stand in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Class,
    ObjectProperty,
    /// An object property expression, or a chain of them.
    ChainOrProperty,
    DataRange,
    /// The IRI of a data property, an annotation property or whatever else has only a name.
    Name,
    Individual,
    Literal,
    /// A literal, an IRI or an anonymous individual.
    Value,
    Number,
    /// An entity with its kind, as a declaration has it.
    Entity,
    /// Object property expressions in parentheses.
    ObjectProperties,
    /// Data properties in parentheses.
    DataProperties,
    /// A facet's IRI and its literal.
    Facet,
}

/// What a construct is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Axiom,
    ClassExpression,
    ObjectPropertyExpression,
    Chain,
    DataRange,
    Entity,
    Annotation,
    /// A part of a document that is no axiom.
    Document,
}

/// How often something may stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) sort: Sort,
    pub(super) least: usize,
    pub(super) most: usize,
}

/// A word of OWL 2.
#[derive(Debug)]
pub(super) struct Construct {
    pub(super) word: &'static str,
    pub(super) category: Category,
    pub(super) places: &'static [Place],
    /// From which argument on the order does not count; `usize::MAX` if it always counts.
    pub(super) set_from: usize,
}

const ORDERED: usize = usize::MAX;

const fn one(sort: Sort) -> Place {
    Place { sort, least: 1, most: 1 }
}

const fn maybe(sort: Sort) -> Place {
    Place { sort, least: 0, most: 1 }
}

const fn some(sort: Sort) -> Place {
    Place { sort, least: 1, most: usize::MAX }
}

const fn several(sort: Sort) -> Place {
    Place { sort, least: 2, most: usize::MAX }
}

const fn axiom(word: &'static str, places: &'static [Place]) -> Construct {
    Construct { word, category: Category::Axiom, places, set_from: ORDERED }
}

const fn symmetric(word: &'static str, places: &'static [Place]) -> Construct {
    Construct { word, category: Category::Axiom, places, set_from: 0 }
}

const fn class(word: &'static str, places: &'static [Place]) -> Construct {
    Construct { word, category: Category::ClassExpression, places, set_from: ORDERED }
}

const fn class_set(word: &'static str, places: &'static [Place]) -> Construct {
    Construct { word, category: Category::ClassExpression, places, set_from: 0 }
}

const fn range(word: &'static str, places: &'static [Place], set_from: usize) -> Construct {
    Construct { word, category: Category::DataRange, places, set_from }
}

const fn other(word: &'static str, category: Category, places: &'static [Place]) -> Construct {
    Construct { word, category, places, set_from: ORDERED }
}

/// In the order of their words.
static CONSTRUCTS: &[Construct] = &[
    class("?AllValuesFrom", &[one(Name), one(Class)]),
    class("?ExactCardinality", &[one(Number), one(ObjectProperty)]),
    class("?MaxCardinality", &[one(Number), one(ObjectProperty)]),
    class("?MinCardinality", &[one(Number), one(ObjectProperty)]),
    axiom("?PropertyAssertion", &[one(ObjectProperty), one(Individual), one(Value)]),
    axiom("?PropertyDomain", &[one(Name), one(Class)]),
    axiom("?PropertyRange", &[one(Name), one(Class)]),
    class("?SomeValuesFrom", &[one(Name), one(Class)]),
    other("Annotation", Category::Annotation, &[one(Name), one(Value)]),
    axiom("AnnotationAssertion", &[one(Name), one(Individual), one(Value)]),
    other("AnnotationProperty", Category::Entity, &[one(Name)]),
    axiom("AnnotationPropertyDomain", &[one(Name), one(Name)]),
    axiom("AnnotationPropertyRange", &[one(Name), one(Name)]),
    axiom("AsymmetricObjectProperty", &[one(ObjectProperty)]),
    other("Class", Category::Entity, &[one(Name)]),
    axiom("ClassAssertion", &[one(Class), one(Individual)]),
    class("DataAllValuesFrom", &[one(Name), one(DataRange)]),
    range("DataComplementOf", &[one(DataRange)], ORDERED),
    class("DataExactCardinality", &[one(Number), one(Name), maybe(DataRange)]),
    class("DataHasValue", &[one(Name), one(Literal)]),
    range("DataIntersectionOf", &[some(DataRange)], 0),
    class("DataMaxCardinality", &[one(Number), one(Name), maybe(DataRange)]),
    class("DataMinCardinality", &[one(Number), one(Name), maybe(DataRange)]),
    range("DataOneOf", &[some(Literal)], 0),
    other("DataProperty", Category::Entity, &[one(Name)]),
    axiom("DataPropertyAssertion", &[one(Name), one(Individual), one(Literal)]),
    axiom("DataPropertyDomain", &[one(Name), one(Class)]),
    axiom("DataPropertyRange", &[one(Name), one(DataRange)]),
    class("DataSomeValuesFrom", &[one(Name), one(DataRange)]),
    range("DataUnionOf", &[some(DataRange)], 0),
    other("Datatype", Category::Entity, &[one(Name)]),
    axiom("DatatypeDefinition", &[one(Name), one(DataRange)]),
    range("DatatypeRestriction", &[one(Name), some(Facet)], ORDERED),
    axiom("Declaration", &[one(Entity)]),
    symmetric("DifferentIndividuals", &[several(Individual)]),
    symmetric("Disjoint?Properties", &[several(ObjectProperty)]),
    symmetric("DisjointClasses", &[several(Class)]),
    symmetric("DisjointDataProperties", &[several(Name)]),
    symmetric("DisjointObjectProperties", &[several(ObjectProperty)]),
    Construct {
        word: "DisjointUnion",
        category: Category::Axiom,
        places: &[one(Name), several(Class)],
        set_from: 1,
    },
    symmetric("Equivalent?Properties", &[several(ObjectProperty)]),
    symmetric("EquivalentClasses", &[several(Class)]),
    symmetric("EquivalentDataProperties", &[several(Name)]),
    symmetric("EquivalentObjectProperties", &[several(ObjectProperty)]),
    axiom("Functional?Property", &[one(ObjectProperty)]),
    axiom("FunctionalDataProperty", &[one(Name)]),
    axiom("FunctionalObjectProperty", &[one(ObjectProperty)]),
    axiom("HasKey", &[one(Class), one(ObjectProperties), one(DataProperties)]),
    other("Import", Category::Document, &[one(Name)]),
    axiom("InverseFunctionalObjectProperty", &[one(ObjectProperty)]),
    symmetric("InverseObjectProperties", &[several(ObjectProperty)]),
    axiom("IrreflexiveObjectProperty", &[one(ObjectProperty)]),
    other("NamedIndividual", Category::Entity, &[one(Name)]),
    axiom("NegativeDataPropertyAssertion", &[one(Name), one(Individual), one(Literal)]),
    axiom(
        "NegativeObjectPropertyAssertion",
        &[one(ObjectProperty), one(Individual), one(Individual)],
    ),
    class("ObjectAllValuesFrom", &[one(ObjectProperty), one(Class)]),
    class("ObjectComplementOf", &[one(Class)]),
    class("ObjectExactCardinality", &[one(Number), one(ObjectProperty), maybe(Class)]),
    class("ObjectHasSelf", &[one(ObjectProperty)]),
    class("ObjectHasValue", &[one(ObjectProperty), one(Individual)]),
    class_set("ObjectIntersectionOf", &[some(Class)]),
    other("ObjectInverseOf", Category::ObjectPropertyExpression, &[one(Name)]),
    class("ObjectMaxCardinality", &[one(Number), one(ObjectProperty), maybe(Class)]),
    class("ObjectMinCardinality", &[one(Number), one(ObjectProperty), maybe(Class)]),
    class_set("ObjectOneOf", &[some(Individual)]),
    other("ObjectProperty", Category::Entity, &[one(Name)]),
    axiom("ObjectPropertyAssertion", &[one(ObjectProperty), one(Individual), one(Individual)]),
    other("ObjectPropertyChain", Category::Chain, &[several(ObjectProperty)]),
    axiom("ObjectPropertyDomain", &[one(ObjectProperty), one(Class)]),
    axiom("ObjectPropertyRange", &[one(ObjectProperty), one(Class)]),
    class("ObjectSomeValuesFrom", &[one(ObjectProperty), one(Class)]),
    class_set("ObjectUnionOf", &[some(Class)]),
    other("Ontology", Category::Document, &[]),
    other("Prefix", Category::Document, &[]),
    axiom("ReflexiveObjectProperty", &[one(ObjectProperty)]),
    symmetric("SameIndividual", &[several(Individual)]),
    axiom("Sub?PropertyOf", &[one(ObjectProperty), one(ObjectProperty)]),
    axiom("SubAnnotationPropertyOf", &[one(Name), one(Name)]),
    axiom("SubClassOf", &[one(Class), one(Class)]),
    axiom("SubDataPropertyOf", &[one(Name), one(Name)]),
    axiom("SubObjectPropertyOf", &[one(ChainOrProperty), one(ObjectProperty)]),
    axiom("SymmetricObjectProperty", &[one(ObjectProperty)]),
    axiom("TransitiveObjectProperty", &[one(ObjectProperty)]),
];

/// The construct of a word that may stand in a text.
pub(super) fn construct(word: &str) -> Option<&'static Construct> {
    lookup(word).filter(|construct| !construct.word.contains('?'))
}

/// The construct of a word, also of one whose first letters are open.
pub(super) fn lookup(word: &str) -> Option<&'static Construct> {
    let at = CONSTRUCTS.binary_search_by(|construct| construct.word.cmp(word)).ok()?;
    CONSTRUCTS.get(at)
}

impl Construct {
    /// Whether it can be stated.
    pub(super) fn is_statement(&self) -> bool {
        matches!(self.category, Category::Axiom | Category::Annotation) || self.word == "Import"
    }

    /// Whether it says something by itself, as axioms do and expressions do not.
    pub(super) fn stands_alone(&self) -> bool {
        matches!(self.category, Category::Axiom | Category::Document)
    }
}
