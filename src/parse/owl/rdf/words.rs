//! The words of RDF, RDFS and OWL that the mapping from RDF graphs looks for.
//!
//! They are the first terms of every graph, in this order, so a word is known by its number.

use super::super::built_in::OWL;
use super::super::vocabulary::{RDF, RDFS};
use super::terms::TermId;

macro_rules! words {
    ($($name:ident $space:ident $local:literal)*) => {
        /// A word of the mapping.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Word { $($name),* }

        impl Word {
            /// Every word with its namespace and its local name, by number.
            pub(super) const ALL: &[(Self, &str, &str)] = &[$((Self::$name, $space, $local)),*];
        }
    };
}

words! {
    Type RDF "type"
    First RDF "first"
    Rest RDF "rest"
    Nil RDF "nil"
    List RDF "List"
    Property RDF "Property"
    RdfsClass RDFS "Class"
    Datatype RDFS "Datatype"
    SubClassOf RDFS "subClassOf"
    SubPropertyOf RDFS "subPropertyOf"
    Domain RDFS "domain"
    Range RDFS "range"
    Literal RDFS "Literal"
    Ontology OWL "Ontology"
    Imports OWL "imports"
    VersionIri OWL "versionIRI"
    Class OWL "Class"
    DeprecatedClass OWL "DeprecatedClass"
    DataRange OWL "DataRange"
    ObjectProperty OWL "ObjectProperty"
    DatatypeProperty OWL "DatatypeProperty"
    AnnotationProperty OWL "AnnotationProperty"
    OntologyProperty OWL "OntologyProperty"
    DeprecatedProperty OWL "DeprecatedProperty"
    Deprecated OWL "deprecated"
    NamedIndividual OWL "NamedIndividual"
    Thing OWL "Thing"
    Nothing OWL "Nothing"
    FunctionalProperty OWL "FunctionalProperty"
    InverseFunctionalProperty OWL "InverseFunctionalProperty"
    TransitiveProperty OWL "TransitiveProperty"
    SymmetricProperty OWL "SymmetricProperty"
    AsymmetricProperty OWL "AsymmetricProperty"
    ReflexiveProperty OWL "ReflexiveProperty"
    IrreflexiveProperty OWL "IrreflexiveProperty"
    EquivalentClass OWL "equivalentClass"
    DisjointWith OWL "disjointWith"
    DisjointUnionOf OWL "disjointUnionOf"
    HasKey OWL "hasKey"
    EquivalentProperty OWL "equivalentProperty"
    PropertyDisjointWith OWL "propertyDisjointWith"
    PropertyChainAxiom OWL "propertyChainAxiom"
    InverseOf OWL "inverseOf"
    SameAs OWL "sameAs"
    DifferentFrom OWL "differentFrom"
    Restriction OWL "Restriction"
    OnProperty OWL "onProperty"
    SomeValuesFrom OWL "someValuesFrom"
    AllValuesFrom OWL "allValuesFrom"
    HasValue OWL "hasValue"
    HasSelf OWL "hasSelf"
    MinCardinality OWL "minCardinality"
    MaxCardinality OWL "maxCardinality"
    Cardinality OWL "cardinality"
    MinQualifiedCardinality OWL "minQualifiedCardinality"
    MaxQualifiedCardinality OWL "maxQualifiedCardinality"
    QualifiedCardinality OWL "qualifiedCardinality"
    OnClass OWL "onClass"
    OnDataRange OWL "onDataRange"
    IntersectionOf OWL "intersectionOf"
    UnionOf OWL "unionOf"
    ComplementOf OWL "complementOf"
    DatatypeComplementOf OWL "datatypeComplementOf"
    OneOf OWL "oneOf"
    OnDatatype OWL "onDatatype"
    WithRestrictions OWL "withRestrictions"
    AllDisjointClasses OWL "AllDisjointClasses"
    AllDisjointProperties OWL "AllDisjointProperties"
    AllDifferent OWL "AllDifferent"
    Members OWL "members"
    DistinctMembers OWL "distinctMembers"
    NegativePropertyAssertion OWL "NegativePropertyAssertion"
    SourceIndividual OWL "sourceIndividual"
    AssertionProperty OWL "assertionProperty"
    TargetIndividual OWL "targetIndividual"
    TargetValue OWL "targetValue"
    Axiom OWL "Axiom"
    Annotation OWL "Annotation"
    AnnotatedSource OWL "annotatedSource"
    AnnotatedProperty OWL "annotatedProperty"
    AnnotatedTarget OWL "annotatedTarget"
}

impl Word {
    /// The word that a term is.
    pub(super) fn of(term: TermId) -> Option<Self> {
        Self::ALL.get(term as usize).map(|(word, ..)| *word)
    }

    /// The term that it is in every graph.
    pub(super) fn term(self) -> TermId {
        self as TermId
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_its_number() {
        for (at, (word, ..)) in Word::ALL.iter().enumerate() {
            assert_eq!(word.term() as usize, at);
            assert_eq!(Word::of(at as TermId), Some(*word));
        }
        assert_eq!(Word::of(Word::ALL.len() as TermId), None);
    }
}
