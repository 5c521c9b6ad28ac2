//! The state of reading a graph: what has been made of each triple, and how terms become forms.
//!
//! What an axiom is made of is collected while it is read and accounted for once it is stated.

use std::collections::HashMap;

use super::super::form::{Form, LARGEST_DEPTH, Literal, check};
use super::super::grammar::{Construct, lookup};
use super::super::statement::{Stated, Statements};
use super::graph::{Graph, TripleId};
use super::kinds::{Decided, Vocabulary};
use super::measure::{Flaw, Sizes, is_structural};
use super::notes::Notes;
use super::roles::Role;
use super::terms::{Term, TermId};
use super::words::Word;
use crate::owl::{EntityId, Triples, typed};

/// What became of a triple. The last of these that is said of it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// Nothing yet.
    Pending,
    Repeated,
    Typed,
    Awaiting,
}

/// Reads one graph into statements.
pub(super) struct Mapping<'g, 's, 'p> {
    pub(super) graph: &'g Graph,
    pub(super) vocabulary: Vocabulary,
    pub(super) sizes: Sizes,
    pub(super) notes: Notes,
    pub(super) statements: &'s mut Statements<'p>,
    /// The ontology that the document is.
    pub(super) ontology: Option<TermId>,
    /// Flaws with the lines they were first met on.
    pub(super) flaws: Vec<(Flaw, u32)>,
    /// What the statement at hand is made of.
    pub(super) used: Vec<TripleId>,
    /// Whether it waits for the kind of a property.
    pub(super) is_open: bool,
    fates: Vec<Fate>,
    /// The entity of each term that has been one.
    entities: Vec<Option<EntityId>>,
    /// The numbers of anonymous individuals, in the order in which they are first spoken of.
    anonymous: HashMap<TermId, usize>,
}

impl<'g, 's, 'p> Mapping<'g, 's, 'p> {
    pub(super) fn new(graph: &'g Graph, statements: &'s mut Statements<'p>) -> Self {
        Self {
            graph,
            vocabulary: Vocabulary::of(graph),
            sizes: Sizes::new(graph),
            notes: Notes::of(graph),
            statements,
            ontology: None,
            flaws: Vec::new(),
            used: Vec::new(),
            is_open: false,
            fates: vec![Fate::Pending; graph.triples.len()],
            entities: vec![None; graph.terms.len()],
            anonymous: HashMap::new(),
        }
    }

    /// Whether nothing has been made of a triple yet.
    pub(super) fn is_pending(&self, triple: TripleId) -> bool {
        self.fates[triple as usize] == Fate::Pending
    }

    /// Begins another statement.
    pub(super) fn begin(&mut self) {
        self.used.clear();
        self.is_open = false;
    }

    /// Accounts for the triples of the statement at hand.
    pub(super) fn account(&mut self, stated: Stated) {
        let fate = match stated {
            Stated::Again => Fate::Repeated,
            Stated::New if self.is_open => Fate::Awaiting,
            Stated::New => Fate::Typed,
        };
        for triple in self.used.drain(..) {
            let place = &mut self.fates[triple as usize];
            *place = (*place).max(fate);
        }
    }

    /// Keeps every triple that nothing was made of as it stands, and counts them all.
    pub(super) fn keep_rest(&mut self) -> Triples {
        let mut triples = Triples {
            repeated: self.graph.repeated,
            read: self.graph.repeated,
            ..Triples::default()
        };
        for at in 0..self.fates.len() {
            triples.read += 1;
            match self.fates[at] {
                Fate::Repeated => triples.repeated += 1,
                Fate::Typed => triples.typed += 1,
                Fate::Awaiting => triples.awaiting += 1,
                Fate::Pending => {
                    triples.untyped += 1;
                    let triple = self.graph.triples[at];
                    let [subject, property, object] = triple.key().map(|term| self.value(term));
                    self.statements.keep_untyped(&subject, &property, &object, triple.line);
                }
            }
        }
        triples
    }

    /// Whether an expression or a list can be read, recursing no deeper than forms may nest.
    pub(super) fn admits(&mut self, term: TermId, line: u32) -> bool {
        let admission = self.admission(term);
        if let Err(flaw) = admission {
            self.note_flaw(flaw, line);
        }
        admission.is_ok()
    }

    /// Whether all that a name is defined by can be read.
    pub(super) fn admits_parts(&mut self, name: TermId, line: u32) -> bool {
        let graph = self.graph;
        let parts = graph.about(name).iter().map(|at| graph.triple(*at));
        let mut parts = parts.filter(|it| Word::of(it.property).is_some_and(is_structural));
        parts.all(|part| self.admits(part.object, line))
    }

    /// Why an expression cannot be read, if it cannot.
    pub(super) fn admission(&mut self, term: TermId) -> Result<(), Flaw> {
        if matches!(self.graph.role(term), Role::Plain | Role::Statement) {
            return Ok(());
        }
        let size = self.sizes.measure(self.graph, term)?;
        // The axiom itself is a level, and so is a list of keys or a chain.
        if size.depth as usize + 2 > LARGEST_DEPTH {
            return Err(Flaw::TooDeep);
        }
        if self.sizes.spend(size.parts) { Ok(()) } else { Err(Flaw::TooLarge) }
    }

    pub(super) fn note_flaw(&mut self, flaw: Flaw, line: u32) {
        if self.flaws.iter().all(|(known, _)| *known != flaw) {
            self.flaws.push((flaw, line));
        }
    }

    /// Any term as it may stand in an annotation or in an untyped statement.
    pub(super) fn value(&mut self, term: TermId) -> Form {
        let graph = self.graph;
        let (value, language, datatype) = match graph.terms.term(term) {
            Term::Iri(_) => return self.entity(term),
            Term::Blank => return self.anonymous(term),
            Term::Text(value) => (value, None, None),
            Term::Tagged(value, language) => {
                (value, Some(graph.terms.language(language).into()), None)
            }
            Term::Typed(value, datatype) => (value, None, Some(self.entity_id(datatype))),
        };
        let literal = Literal { value: value.into(), language, datatype };
        Form::Literal(literal.normal(&self.statements.entities))
    }

    /// A term that has a name.
    pub(super) fn name(&mut self, term: TermId) -> Option<Form> {
        self.graph.terms.as_iri(term)?;
        Some(self.entity(term))
    }

    /// A term that is no part of a structure and no literal.
    pub(super) fn individual(&mut self, term: TermId) -> Option<Form> {
        let is_plain = self.graph.role(term) == Role::Plain;
        (is_plain && !self.graph.terms.is_literal(term)).then(|| self.value(term))
    }

    pub(super) fn literal(&mut self, term: TermId) -> Option<Form> {
        self.graph.terms.is_literal(term).then(|| self.value(term))
    }

    fn entity(&mut self, term: TermId) -> Form {
        Form::Entity(self.entity_id(term))
    }

    fn entity_id(&mut self, term: TermId) -> EntityId {
        let graph = self.graph;
        let statements = &mut *self.statements;
        *self.entities[term as usize].get_or_insert_with(|| {
            let iri = graph.terms.as_iri(term).unwrap_or_default();
            statements.id(iri)
        })
    }

    fn anonymous(&mut self, term: TermId) -> Form {
        let next = self.anonymous.len();
        let number = *self.anonymous.entry(term).or_insert(next);
        Form::Anonymous(format!("b{number}").into())
    }

    /// A call that fits the grammar.
    pub(super) fn call(&mut self, word: &'static str, arguments: Vec<Form>) -> Option<Form> {
        let (construct, arguments) = self.statement(word, arguments)?;
        Some(Form::Call(construct, arguments))
    }

    /// The construct of a word, if the arguments fit it.
    pub(super) fn statement(
        &mut self,
        word: &'static str,
        arguments: Vec<Form>,
    ) -> Option<(&'static Construct, Vec<Form>)> {
        let construct = lookup(word)?;
        check(construct, &arguments).ok()?;
        self.is_open |= word.contains('?');
        Some((construct, arguments))
    }

    /// The word with its `?` replaced where the kind of the property is known.
    pub(super) fn word(&self, open: &'static str, decided: Decided) -> Option<&'static str> {
        match decided {
            Decided::Open => Some(open),
            Decided::Kind(kind) => {
                let word = typed(open, || Some(kind))?;
                lookup(&word).map(|construct| construct.word)
            }
        }
    }
}
