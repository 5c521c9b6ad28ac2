//! Annotations of axioms and of annotations: nodes that name a triple and say something of it.

use std::collections::HashMap;

use super::super::form::{Form, LARGEST_DEPTH, Text};
use super::graph::{Graph, TripleId};
use super::kinds::Kinds;
use super::mapping::Mapping;
use super::measure::Flaw;
use super::terms::TermId;
use super::words::Word;

/// A node that annotates a triple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Note {
    /// The triple it annotates.
    of: [TermId; 3],
    pub(super) node: TermId,
    /// What the node itself says the triple's object is: its own copy, where it has one.
    pub(super) target: TermId,
}

/// All such nodes, by the triples they annotate.
#[derive(Default)]
pub(super) struct Notes {
    sorted: Vec<Note>,
}

impl Notes {
    pub(super) fn of(graph: &Graph) -> Self {
        let mut sorted = Vec::new();
        for triple in &graph.triples {
            if triple.property == Word::AnnotatedSource.term()
                && let Some(of) = annotated(graph, triple.subject)
            {
                sorted.push(Note { of, node: triple.subject, target: of[2] });
            }
        }
        sorted.sort_unstable();
        Self { sorted }
    }

    /// The nodes that annotate a triple, in the order of the document.
    pub(super) fn on(&self, triple: [TermId; 3]) -> &[Note] {
        let start = self.sorted.partition_point(|note| note.of < triple);
        let length = self.sorted[start..].partition_point(|note| note.of == triple);
        &self.sorted[start..start + length]
    }
}

/// The triple that a node annotates; `None` if it does not name one.
pub(super) fn annotated(graph: &Graph, node: TermId) -> Option<[TermId; 3]> {
    if !graph.is_a(node, Word::Axiom) && !graph.is_a(node, Word::Annotation) {
        return None;
    }
    let (_, source) = graph.only(node, Word::AnnotatedSource)?;
    let (_, property) = graph.only(node, Word::AnnotatedProperty)?;
    let (_, target) = graph.only(node, Word::AnnotatedTarget)?;
    Some([source, property, target])
}

impl Mapping<'_, '_, '_> {
    /// Lets nodes that repeat an expression in full, as some programs write them, annotate the
    /// triple whose object says the same.
    pub(super) fn join_copies(&mut self) {
        let graph = self.graph;
        let is_copy =
            |note: &Note| graph.role(note.of[2]).is_expression() && graph.find(note.of).is_none();
        let copies: Vec<_> =
            (0..self.notes.sorted.len()).filter(|at| is_copy(&self.notes.sorted[*at])).collect();
        // The triples with one subject and property by what their objects say, made once.
        let mut meanings: HashMap<[TermId; 2], HashMap<String, TermId>> = HashMap::new();
        let mut is_changed = false;
        for at in copies {
            let [subject, property, target] = self.notes.sorted[at].of;
            let Some(text) = self.written(target) else { continue };
            let about = meanings
                .entry([subject, property])
                .or_insert_with(|| self.objects_by_text(subject, property));
            if let Some(object) = about.get(&text) {
                self.notes.sorted[at].of[2] = *object;
                is_changed = true;
            }
        }
        if is_changed {
            self.notes.sorted.sort_unstable();
        }
    }

    /// The expressions that a subject has as objects of a property, the first of equal ones.
    fn objects_by_text(&mut self, subject: TermId, property: TermId) -> HashMap<String, TermId> {
        let graph = self.graph;
        let mut found = HashMap::new();
        for triple in graph.with(subject, property) {
            let object = graph.triple(*triple).object;
            if graph.role(object).is_expression()
                && let Some(text) = self.written(object)
            {
                found.entry(text).or_insert(object);
            }
        }
        found
    }

    /// What an expression says, as text.
    fn written(&mut self, term: TermId) -> Option<String> {
        self.begin();
        // What cannot be read is reported where it is stated.
        self.admission(term).ok()?;
        let form =
            if self.nature(term) == Kinds::DATATYPE { self.range(term) } else { self.class(term) };
        Some(Text::of(&form?, &self.statements.entities).text)
    }

    /// What a node says of the triple it annotates; what the node is made of is taken. `None` if
    /// that cannot be read.
    pub(super) fn annotations(&mut self, node: TermId, level: usize) -> Option<Vec<Form>> {
        let graph = self.graph;
        if level + 2 > LARGEST_DEPTH {
            let line = graph.about(node).first().map_or(0, |at| graph.triple(*at).line);
            self.note_flaw(Flaw::TooDeep, line);
            return None;
        }
        let mut stated: Vec<TripleId> = graph.about(node).to_vec();
        stated.sort_unstable();
        let is_note = annotated(graph, node).is_some();
        let mut forms = Vec::new();
        for at in stated {
            let triple = graph.triple(at);
            if is_note && is_frame(triple.property, triple.object) {
                self.used.push(at);
                continue;
            }
            if Word::of(triple.property).is_some_and(|word| word != Word::Deprecated)
                || self.vocabulary.is_other_word(triple.property, Kinds::PROPERTY)
            {
                continue;
            }
            self.used.push(at);
            let nested: Vec<_> = self.notes.on(triple.key()).to_vec();
            let property = self.name(triple.property)?;
            let value = self.value(triple.object);
            let mut annotate = |mapping: &mut Self, mut arguments: Vec<Form>| {
                arguments.extend([property.clone(), value.clone()]);
                forms.extend(mapping.call("Annotation", arguments));
            };
            if nested.is_empty() {
                annotate(self, Vec::new());
            }
            for note in nested {
                let inner = self.annotations(note.node, level + 1)?;
                annotate(self, inner);
            }
        }
        Some(forms)
    }
}

/// Whether a triple only says that its subject is a node that annotates, and what.
fn is_frame(property: TermId, object: TermId) -> bool {
    match Word::of(property) {
        Some(Word::Type) => {
            matches!(Word::of(object), Some(Word::Axiom | Word::Annotation))
        }
        Some(Word::AnnotatedSource | Word::AnnotatedProperty | Word::AnnotatedTarget) => true,
        _ => false,
    }
}
