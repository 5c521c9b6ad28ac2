//! What the nodes of a graph are within the structures of OWL, told by their own triples.

use super::graph::Graph;
use super::terms::TermId;
use super::words::Word;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Something with a name, an anonymous individual or a literal.
    Plain,
    /// A condition on a property.
    Restriction,
    /// An expression made of others, or of members.
    Connective,
    /// The inverse of a property.
    Inverse,
    /// A cell of a list.
    Cell,
    /// A node that stands for an axiom or an annotation.
    Statement,
}

impl Role {
    /// Whether it is made of other nodes and says something by them.
    pub(super) fn is_structure(self) -> bool {
        self.is_expression() || matches!(self, Self::Inverse | Self::Cell)
    }

    /// Whether it is a class expression or a data range.
    pub(super) fn is_expression(self) -> bool {
        matches!(self, Self::Restriction | Self::Connective)
    }
}

/// The words whose subject is a class expression or a data range made of others.
pub(super) const CONNECTIVES: [Word; 6] = [
    Word::IntersectionOf,
    Word::UnionOf,
    Word::ComplementOf,
    Word::DatatypeComplementOf,
    Word::OneOf,
    Word::OnDatatype,
];

/// The words that say how a property is restricted.
pub(super) const CONDITIONS: [Word; 10] = [
    Word::SomeValuesFrom,
    Word::AllValuesFrom,
    Word::HasValue,
    Word::HasSelf,
    Word::MinCardinality,
    Word::MaxCardinality,
    Word::Cardinality,
    Word::MinQualifiedCardinality,
    Word::MaxQualifiedCardinality,
    Word::QualifiedCardinality,
];

/// The role of every term of a graph.
pub(super) fn roles(graph: &Graph) -> Vec<Role> {
    (0..graph.terms.len() as TermId).map(|term| role(graph, term)).collect()
}

fn role(graph: &Graph, term: TermId) -> Role {
    let mut role = Role::Plain;
    for at in graph.about(term) {
        let triple = graph.triple(*at);
        // Words come first in this order.
        let Some(word) = Word::of(triple.property) else { break };
        let found = match word {
            Word::Type => match Word::of(triple.object) {
                Some(
                    Word::Axiom
                    | Word::Annotation
                    | Word::AllDisjointClasses
                    | Word::AllDisjointProperties
                    | Word::AllDifferent
                    | Word::NegativePropertyAssertion,
                ) => return Role::Statement,
                Some(Word::Restriction) => Role::Restriction,
                _ => continue,
            },
            Word::First | Word::Rest => Role::Cell,
            Word::OnProperty => Role::Restriction,
            Word::InverseOf => Role::Inverse,
            word if CONNECTIVES.contains(&word) => Role::Connective,
            _ => continue,
        };
        if role == Role::Plain {
            role = found;
        }
    }
    // What has a name is not its own definition.
    if graph.terms.is_blank(term) { role } else { Role::Plain }
}
