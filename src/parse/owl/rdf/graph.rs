//! The graph of a document: its triples in their order, each once, found by what they are about.

use oxrdf::{NamedOrBlankNode, Term as Node};

use super::roles::Role;
use super::terms::{TermId, Terms, TooLong};
use super::words::Word;
use crate::parse::findings::Findings;
use crate::parse::owl::soundness::UnsoundNames;

/// A statement of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Triple {
    pub(super) subject: TermId,
    pub(super) property: TermId,
    pub(super) object: TermId,
    /// From 1; 0 where that is unknown.
    pub(super) line: u32,
}

impl Triple {
    pub(super) fn key(&self) -> [TermId; 3] {
        [self.subject, self.property, self.object]
    }
}

/// A triple's place in the order of the document.
pub(super) type TripleId = u32;

/// How many times longer than its document, with prefixes written out, the text of a graph may
/// be. Triples of three short names under long prefixes reach about twenty.
const LARGEST_GROWTH: u64 = 64;

/// What a graph may grow by however small its document is.
const FREE_GROWTH_BYTES: u64 = 16 << 20;

/// A graph that is being read.
pub(super) struct Draft {
    terms: Terms,
    triples: Vec<Triple>,
    bytes_left: u64,
    unsound: UnsoundNames,
}

impl Draft {
    pub(super) fn new(document_bytes: usize) -> Self {
        let bytes_left = document_bytes as u64 * LARGEST_GROWTH + FREE_GROWTH_BYTES;
        let (terms, triples) = (Terms::new(), Vec::new());
        Self { terms, triples, bytes_left, unsound: UnsoundNames::default() }
    }

    /// Adds a triple.
    ///
    /// # Errors
    ///
    /// [`TooLong`] if the document makes far more text than it has.
    pub(super) fn add(&mut self, triple: &oxrdf::Triple, line: u32) -> Result<(), TooLong> {
        let subject = match &triple.subject {
            NamedOrBlankNode::NamedNode(node) => self.iri(node.as_str(), line)?,
            NamedOrBlankNode::BlankNode(node) => self.terms.blank(node.as_str())?,
        };
        let property = self.iri(triple.predicate.as_str(), line)?;
        let object = match &triple.object {
            Node::NamedNode(node) => self.iri(node.as_str(), line)?,
            Node::BlankNode(node) => self.terms.blank(node.as_str())?,
            Node::Literal(literal) => {
                let value = literal.value();
                self.spend(value)?;
                match literal.language() {
                    Some(language) => {
                        self.unsound.language(language, line);
                        self.terms.tagged(value, language)?
                    }
                    None if literal.datatype() == oxrdf::vocab::xsd::STRING => {
                        self.terms.text(value)?
                    }
                    None => self.terms.typed(value, literal.datatype().as_str())?,
                }
            }
        };
        if self.triples.len() >= TripleId::MAX as usize {
            return Err(TooLong);
        }
        self.triples.push(Triple { subject, property, object, line });
        Ok(())
    }

    fn iri(&mut self, iri: &str, line: u32) -> Result<TermId, TooLong> {
        self.spend(iri)?;
        let known = self.terms.len();
        let term = self.terms.iri(iri)?;
        // Each is looked at once.
        if self.terms.len() > known {
            self.unsound.iri(iri, line);
        }
        Ok(term)
    }

    fn spend(&mut self, text: &str) -> Result<(), TooLong> {
        self.bytes_left = self.bytes_left.checked_sub(text.len() as u64).ok_or(TooLong)?;
        Ok(())
    }

    /// The graph of all that was added.
    pub(super) fn finish(mut self, findings: &mut Findings) -> Graph {
        self.terms.close();
        self.unsound.report(findings);
        let read = self.triples.len() as u64;
        let mut sorted = order(&self.triples);
        let mut is_repeated = vec![false; self.triples.len()];
        for pair in sorted.windows(2) {
            let (one, other) = (pair[0] as usize, pair[1] as usize);
            is_repeated[other] = self.triples[one].key() == self.triples[other].key();
        }
        if is_repeated.contains(&true) {
            let mut at = 0;
            self.triples.retain(|_| {
                at += 1;
                !is_repeated[at - 1]
            });
            sorted = order(&self.triples);
        }
        self.triples.shrink_to_fit();
        let mut starts = vec![0; self.terms.len() + 1];
        for triple in &self.triples {
            starts[triple.subject as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let repeated = read - self.triples.len() as u64;
        let Self { terms, triples, .. } = self;
        let mut graph = Graph { terms, triples, sorted, starts, roles: Vec::new(), repeated };
        graph.roles = super::roles::roles(&graph);
        graph
    }
}

/// The places of triples in the order of their terms; of equals the first one first.
fn order(triples: &[Triple]) -> Vec<TripleId> {
    let mut sorted: Vec<_> = (0..triples.len() as TripleId).collect();
    sorted.sort_unstable_by_key(|at| (triples[*at as usize].key(), *at));
    sorted
}

/// What a document states, as triples.
pub(super) struct Graph {
    pub(super) terms: Terms,
    pub(super) triples: Vec<Triple>,
    /// Triples by subject, property and object.
    sorted: Vec<TripleId>,
    /// Where in `sorted` the triples about each term begin.
    starts: Vec<TripleId>,
    roles: Vec<Role>,
    /// How many triples said what another one had said.
    pub(super) repeated: u64,
}

impl Graph {
    /// The triples about a term, by property and object.
    pub(super) fn about(&self, subject: TermId) -> &[TripleId] {
        let at = subject as usize;
        &self.sorted[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    pub(super) fn triple(&self, id: TripleId) -> Triple {
        self.triples[id as usize]
    }

    /// The triples about a term with a certain property, by object.
    pub(super) fn with(&self, subject: TermId, property: TermId) -> &[TripleId] {
        let about = self.about(subject);
        let start = about.partition_point(|at| self.triple(*at).property < property);
        let length = about[start..].partition_point(|at| self.triple(*at).property == property);
        &about[start..start + length]
    }

    /// The only triple about a term with a word of the mapping, and its object; `None` if there
    /// is none or there are several.
    pub(super) fn only(&self, subject: TermId, word: Word) -> Option<(TripleId, TermId)> {
        match self.with(subject, word.term()) {
            [at] => Some((*at, self.triple(*at).object)),
            _ => None,
        }
    }

    /// Where a triple stands.
    pub(super) fn find(&self, [subject, property, object]: [TermId; 3]) -> Option<TripleId> {
        let with = self.with(subject, property);
        let at = with.binary_search_by_key(&object, |at| self.triple(*at).object).ok()?;
        Some(with[at])
    }

    /// Whether a term is stated to be of a type.
    pub(super) fn is_a(&self, subject: TermId, class: Word) -> bool {
        self.find([subject, Word::Type.term(), class.term()]).is_some()
    }

    /// What a term is within the structures of OWL.
    pub(super) fn role(&self, term: TermId) -> Role {
        self.roles.get(term as usize).copied().unwrap_or(Role::Plain)
    }
}
