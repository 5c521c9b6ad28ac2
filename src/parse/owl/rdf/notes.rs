//! Annotations of axioms and of annotations: nodes that name a triple and say something of it.

use std::collections::HashMap;

use super::super::form::{Form, LARGEST_DEPTH, Text};
use super::graph::{Graph, TripleId};
use super::kinds::Kinds;
use super::mapping::Mapping;
use super::measure::Flaw;
use super::roles::Role;
use super::terms::TermId;
use super::words::Word;

/// A node that annotates a triple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Note {
    /// The triple it annotates.
    of: [TermId; 3],
    pub(super) node: TermId,
    /// What the node itself says the triple's subject is: its own copy, where it has one.
    pub(super) source: TermId,
    /// The same of the triple's object.
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
                let [source, _, target] = of;
                sorted.push(Note { of, node: triple.subject, source, target });
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

/// Triples that copies may be of, by what their structures say; each is written once.
#[derive(Default)]
struct Originals {
    subjects: HashMap<TermId, HashMap<String, Vec<TermId>>>,
    objects: HashMap<[TermId; 2], HashMap<String, TermId>>,
}

impl Mapping<'_, '_, '_> {
    /// Lets nodes that repeat a structure in full, as some programs write them, annotate the triple
    /// that says the same.
    pub(super) fn join_copies(&mut self) {
        let graph = self.graph;
        let is_copy = |note: &Note| {
            let [source, _, target] = note.of;
            let is_made = |term| graph.role(term).is_structure();
            (is_made(source) || is_made(target)) && graph.find(note.of).is_none()
        };
        let copies: Vec<_> =
            (0..self.notes.sorted.len()).filter(|at| is_copy(&self.notes.sorted[*at])).collect();
        let mut originals = Originals::default();
        let mut is_changed = false;
        for at in copies {
            if let Some(original) = self.original(self.notes.sorted[at].of, &mut originals) {
                self.notes.sorted[at].of = original;
                is_changed = true;
            }
        }
        if is_changed {
            self.notes.sorted.sort_unstable();
        }
    }

    /// The triple that says what this one says, where structures are compared by their texts.
    fn original(&mut self, of: [TermId; 3], originals: &mut Originals) -> Option<[TermId; 3]> {
        let (graph, [source, property, target]) = (self.graph, of);
        let subjects = if graph.role(source).is_structure() {
            let text = self.written(source)?;
            let known = originals.subjects.entry(property);
            let known = known.or_insert_with(|| self.subjects_by_text(property));
            known.get(&text)?.clone()
        } else {
            vec![source]
        };
        if !graph.role(target).is_structure() {
            let triples = subjects.into_iter().map(|subject| [subject, property, target]);
            return triples.into_iter().find(|triple| graph.find(*triple).is_some());
        }
        let text = self.written(target)?;
        for subject in subjects {
            let known = originals.objects.entry([subject, property]);
            let known = known.or_insert_with(|| self.objects_by_text(subject, property));
            if let Some(object) = known.get(&text) {
                return Some([subject, property, *object]);
            }
        }
        None
    }

    /// The structures that are subjects of a property, by what they say.
    fn subjects_by_text(&mut self, property: TermId) -> HashMap<String, Vec<TermId>> {
        let graph = self.graph;
        let mut found: HashMap<String, Vec<TermId>> = HashMap::new();
        for triple in graph.triples.iter().filter(|triple| triple.property == property) {
            if graph.role(triple.subject).is_structure()
                && let Some(text) = self.written(triple.subject)
            {
                found.entry(text).or_default().push(triple.subject);
            }
        }
        found
    }

    /// The structures that a subject has as objects of a property, the first of equal ones.
    fn objects_by_text(&mut self, subject: TermId, property: TermId) -> HashMap<String, TermId> {
        let graph = self.graph;
        let mut found = HashMap::new();
        for triple in graph.with(subject, property) {
            let object = graph.triple(*triple).object;
            if graph.role(object).is_structure()
                && let Some(text) = self.written(object)
            {
                found.entry(text).or_insert(object);
            }
        }
        found
    }

    /// What a structure says, as text.
    fn written(&mut self, term: TermId) -> Option<String> {
        self.begin();
        // What cannot be read is reported where it is stated.
        self.admission(term).ok()?;
        if self.graph.role(term) != Role::Cell {
            return self.written_part(term);
        }
        let mut text = "(".to_owned();
        for item in self.items(term)? {
            text.push_str(&self.written_part(item)?);
            text.push(' ');
        }
        Some(text)
    }

    fn written_part(&mut self, term: TermId) -> Option<String> {
        let form = match self.graph.role(term) {
            Role::Inverse => self.property(term).map(|property| property.form),
            role if !role.is_expression() => Some(self.value(term)),
            _ if self.nature(term) == Kinds::DATATYPE => self.range(term),
            _ => self.class(term),
        };
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
