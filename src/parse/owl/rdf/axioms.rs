//! Triples as the axioms they stand for: W3C, OWL 2 Mapping to RDF Graphs, section 3.
//!
//! Each triple that can be the main one of an axiom is read by itself; what belongs to the axiom
//! besides is taken with it.

use super::super::form::{Form, Literal};
use super::super::grammar::Construct;
use super::super::statement::Stated;
use super::graph::TripleId;
use super::kinds::{Kinds, Shape, decide, declares, is_of_object_properties};
use super::mapping::Mapping;
use super::notes::{Note, annotated};
use super::roles::{CONNECTIVES, Role};
use super::terms::TermId;
use super::words::Word;

/// A construct with its arguments.
pub(super) type Statement = (&'static Construct, Vec<Form>);

impl Mapping<'_, '_, '_> {
    /// States what a main triple and the nodes that annotate it stand for.
    pub(super) fn triple(&mut self, at: TripleId) {
        let triple = self.graph.triple(at);
        if triple.property == Word::AnnotatedSource.term() {
            // An axiom may be stated by its annotations alone; by the first of them it is.
            if let Some(of) = annotated(self.graph, triple.subject)
                && self.notes.on(of).first().is_some_and(|note| note.node == triple.subject)
                && self.graph.find(of).is_none()
            {
                self.axiom(of, None, triple.line);
            }
            return;
        }
        self.axiom(triple.key(), Some(at), triple.line);
    }

    fn axiom(&mut self, of: [TermId; 3], at: Option<TripleId>, line: u32) {
        let [_, property, object] = of;
        let notes = self.notes.on(of).to_vec();
        let mut is_stated = false;
        let is_declaration = property == Word::Type.term()
            && Word::of(object).is_some_and(|class| declares(class).is_some());
        if is_declaration && !notes.is_empty() {
            is_stated = self.declaration_with(of, &notes, at, line);
        } else {
            for note in notes {
                self.begin();
                let Some((construct, arguments)) =
                    self.read(note.source, property, note.target, line)
                else {
                    continue;
                };
                let Some(mut annotations) = self.annotations(note.node, 1) else { continue };
                if construct.word == "Import" {
                    continue;
                }
                annotations.extend(arguments);
                self.used.extend(at);
                self.use_copied(of, note, line);
                let stated = self.statements.state(construct, &annotations, line);
                self.account(stated);
                is_stated = true;
            }
        }
        if !is_stated {
            self.plain(of, at, line);
        }
    }

    /// States a triple that nobody annotates.
    fn plain(&mut self, [subject, property, object]: [TermId; 3], at: Option<TripleId>, line: u32) {
        self.begin();
        if let Some(stated) = self.header(subject, property, object) {
            self.used.extend(at);
            self.account(stated);
        } else if let Some((construct, arguments)) = self.read(subject, property, object, line) {
            self.used.extend(at);
            let stated = self.statements.state(construct, &arguments, line);
            self.account(stated);
        }
    }

    /// States a declaration with what all nodes say of it: it is kept once.
    fn declaration_with(
        &mut self,
        [subject, property, object]: [TermId; 3],
        notes: &[Note],
        at: Option<TripleId>,
        line: u32,
    ) -> bool {
        self.begin();
        let Some((construct, mut arguments)) = self.read(subject, property, object, line) else {
            return false;
        };
        let mut all = Vec::new();
        for note in notes {
            match self.annotations(note.node, 1) {
                Some(annotations) => all.extend(annotations),
                None => return false,
            }
        }
        all.append(&mut arguments);
        let stated = self.statements.state(construct, &all, line);
        if stated == Stated::Again {
            // The declaration is there, without these annotations: they are kept as they stand.
            self.begin();
        }
        self.used.extend(at);
        self.account(stated);
        true
    }

    /// Takes what the main triple's own ends are made of where a node has copied one.
    fn use_copied(&mut self, [subject, property, object]: [TermId; 3], note: Note, line: u32) {
        if (subject, object) != (note.source, note.target) {
            let is_open = self.is_open;
            let _ = self.read(subject, property, object, line);
            self.is_open = is_open;
        }
    }

    /// What a main triple stands for; what else it is made of is taken.
    fn read(
        &mut self,
        subject: TermId,
        property: TermId,
        object: TermId,
        line: u32,
    ) -> Option<Statement> {
        let Some(word) = Word::of(property) else {
            return self.assertion(subject, property, object);
        };
        if word == Word::Type {
            return self.typed(subject, object, line);
        }
        if !is_main(word) {
            return None;
        }
        // What defines a node without a name belongs to the axiom that the node is part of.
        if is_definition(word) {
            self.graph.terms.as_iri(subject)?;
        }
        if !self.admits(subject, line) || !self.admits(object, line) {
            return None;
        }
        match word {
            Word::SubClassOf => {
                let forms = vec![self.class(subject)?, self.class(object)?];
                self.statement("SubClassOf", forms)
            }
            Word::EquivalentClass => self.equivalent_class(subject, object),
            Word::DisjointWith => {
                let forms = vec![self.class(subject)?, self.class(object)?];
                self.statement("DisjointClasses", forms)
            }
            Word::DisjointUnionOf => {
                let mut forms = vec![self.name(subject)?];
                for item in self.items(object)? {
                    forms.push(self.class(item)?);
                }
                self.statement("DisjointUnion", forms)
            }
            Word::HasKey => self.has_key(subject, object),
            Word::SameAs => {
                let forms = vec![self.individual(subject)?, self.individual(object)?];
                self.statement("SameIndividual", forms)
            }
            Word::DifferentFrom => {
                let forms = vec![self.individual(subject)?, self.individual(object)?];
                self.statement("DifferentIndividuals", forms)
            }
            Word::Imports => {
                let forms = vec![self.name(object)?];
                self.statement("Import", forms)
            }
            Word::Deprecated => self.assertion(subject, property, object),
            Word::OnProperty | Word::OnDatatype if !self.admits_parts(subject, line) => None,
            Word::OnProperty => {
                let forms = vec![self.name(subject)?, self.restriction(subject)?];
                self.statement("EquivalentClasses", forms)
            }
            word if CONNECTIVES.contains(&word) => self.definition(subject, word, object),
            word => self.property_axiom(subject, word, object),
        }
    }

    fn typed(&mut self, subject: TermId, class: TermId, line: u32) -> Option<Statement> {
        let word = Word::of(class);
        if let Some(kind) = word.and_then(declares) {
            let name = self.name(subject)?;
            let entity = self.call(kind.as_str(), vec![name])?;
            let declaration = self.statement("Declaration", vec![entity])?;
            if word != Some(Word::DeprecatedClass) {
                return Some(declaration);
            }
            self.statements.state(declaration.0, &declaration.1, line);
        }
        match word {
            Some(Word::DeprecatedClass | Word::DeprecatedProperty) => self.deprecated(subject),
            Some(
                Word::AllDisjointClasses
                | Word::AllDisjointProperties
                | Word::AllDifferent
                | Word::NegativePropertyAssertion,
            ) => self.node(subject, class, line),
            Some(word) if word == Word::FunctionalProperty || is_of_object_properties(word) => {
                if !self.admits(subject, line) {
                    return None;
                }
                self.characteristic(subject, word)
            }
            Some(word) if word != Word::Thing && word != Word::Nothing => None,
            _ => {
                if self.vocabulary.is_other_word(class, Kinds::CLASS) || !self.admits(class, line) {
                    return None;
                }
                let individual = self.individual(subject)?;
                let forms = vec![self.class(class)?, individual];
                self.statement("ClassAssertion", forms)
            }
        }
    }

    fn deprecated(&mut self, subject: TermId) -> Option<Statement> {
        let property = self.name(Word::Deprecated.term())?;
        let subject = self.name(subject)?;
        let datatype = self.statements.id("http://www.w3.org/2001/XMLSchema#boolean");
        let value = Literal { value: "true".into(), language: None, datatype: Some(datatype) };
        self.statement("AnnotationAssertion", vec![property, subject, Form::Literal(value)])
    }

    fn equivalent_class(&mut self, subject: TermId, object: TermId) -> Option<Statement> {
        let is_range = |kinds: Kinds| !kinds.has(Kinds::CLASS);
        let (of, by) = (self.nature(subject), self.nature(object));
        if is_range(of) || of.has(Kinds::DATATYPE) && is_range(by) {
            let forms = vec![self.name(subject)?, self.range(object)?];
            return self.statement("DatatypeDefinition", forms);
        }
        let forms = vec![self.class(subject)?, self.class(object)?];
        self.statement("EquivalentClasses", forms)
    }

    /// A name that is defined by a word of expressions itself.
    fn definition(&mut self, subject: TermId, word: Word, object: TermId) -> Option<Statement> {
        let name = self.name(subject)?;
        let known = self.vocabulary.known(subject).certain;
        let first = self.graph.only(object, Word::First);
        let is_range = matches!(word, Word::DatatypeComplementOf | Word::OnDatatype)
            || known.has(Kinds::DATATYPE) && !known.has(Kinds::CLASS)
            || word == Word::OneOf && first.is_some_and(|(_, it)| self.graph.terms.is_literal(it));
        let (construct, definition) = if word == Word::OnDatatype {
            ("DatatypeDefinition", self.datatype_restriction(subject)?)
        } else if is_range {
            ("DatatypeDefinition", self.range_made_of(word, object)?)
        } else {
            ("EquivalentClasses", self.class_made_of(word, object)?)
        };
        self.statement(construct, vec![name, definition])
    }

    fn has_key(&mut self, class: TermId, list: TermId) -> Option<Statement> {
        let class = self.class(class)?;
        let (mut objects, mut data) = (Vec::new(), Vec::new());
        for item in self.items(list)? {
            let property = self.property(item)?;
            let decided = decide(&[property.known], Shape::any(Kinds::LOGICAL))?;
            // There is no way to write a key whose kind is open.
            match self.word("?Property", decided)? {
                "ObjectProperty" => objects.push(property.form),
                "DataProperty" => data.push(property.form),
                _ => return None,
            }
        }
        if objects.is_empty() && data.is_empty() {
            return None;
        }
        self.statement("HasKey", vec![class, Form::List(objects), Form::List(data)])
    }

    /// What is said of an individual, of an entity or of the ontology by a property.
    fn assertion(
        &mut self,
        subject: TermId,
        property: TermId,
        object: TermId,
    ) -> Option<Statement> {
        if self.vocabulary.is_other_word(property, Kinds::PROPERTY) {
            return None;
        }
        let of = self.individual(subject)?;
        let is_literal = self.graph.terms.is_literal(object);
        let value = if is_literal { Kinds::DATA } else { Kinds::OBJECT };
        let is_spoken_of =
            self.ontology == Some(subject) || !self.vocabulary.known(subject).certain.is_empty();
        let possible = value.or(Kinds::ANNOTATION);
        let likely = if is_spoken_of { Kinds::ANNOTATION } else { value };
        let known = self.vocabulary.known(property);
        let known_kinds = known.all().and(possible);
        // What it looks like does not decide where nothing is known.
        let likely = if known_kinds.is_empty() { possible } else { likely };
        let decided = decide(&[known], Shape { possible, likely })?;
        let word = match self.word("?PropertyAssertion", decided)? {
            "AnnotationAssertion" if self.ontology == Some(subject) => {
                let forms = vec![self.name(property)?, self.value(object)];
                return self.statement("Annotation", forms);
            }
            word => word,
        };
        let forms = vec![self.name(property)?, of, self.value(object)];
        self.statement(word, forms)
    }

    /// Axioms that have a node of their own; the rest that is said of it annotates the axiom.
    fn node(&mut self, node: TermId, class: TermId, line: u32) -> Option<Statement> {
        if self.graph.role(node) != Role::Statement {
            return None;
        }
        let (construct, mut arguments) = match Word::of(class) {
            Some(Word::NegativePropertyAssertion) => self.negative(node)?,
            Some(Word::AllDisjointProperties) => self.disjoint_properties(node, line)?,
            class => {
                let is_different = class == Some(Word::AllDifferent);
                let members = self.graph.only(node, Word::Members);
                let distinct = self.graph.only(node, Word::DistinctMembers);
                let (at, list) = members.or(distinct.filter(|_| is_different))?;
                if !self.admits(list, line) {
                    return None;
                }
                self.used.push(at);
                let mut forms = Vec::new();
                for item in self.items(list)? {
                    let form = if is_different { self.individual(item) } else { self.class(item) };
                    forms.push(form?);
                }
                let word = if is_different { "DifferentIndividuals" } else { "DisjointClasses" };
                self.statement(word, forms)?
            }
        };
        let mut annotations = self.annotations(node, 1)?;
        annotations.append(&mut arguments);
        Some((construct, annotations))
    }

    /// The header: which ontology this is, and which version.
    fn header(&mut self, subject: TermId, property: TermId, object: TermId) -> Option<Stated> {
        let of_header = self.ontology == Some(subject);
        let graph = self.graph;
        match Word::of(property)? {
            Word::Type if of_header && object == Word::Ontology.term() => {
                let iri = graph.terms.as_iri(subject);
                let version = graph.only(subject, Word::VersionIri);
                let version = version.and_then(|(_, version)| graph.terms.as_iri(version));
                if let Some(iri) = iri {
                    self.statements.name(iri, version);
                }
                Some(Stated::New)
            }
            Word::VersionIri if of_header => {
                let (_, version) = graph.only(subject, Word::VersionIri)?;
                graph.terms.as_iri(subject)?;
                graph.terms.as_iri(version)?;
                Some(Stated::New)
            }
            // It adds nothing to a declaration of what kind of property it is.
            Word::Type if object == Word::Property.term() => {
                let declared = self.vocabulary.known(subject).certain.and(Kinds::PROPERTY);
                (graph.terms.as_iri(subject).is_some() && !declared.is_empty())
                    .then_some(Stated::New)
            }
            _ => None,
        }
    }
}

/// Whether a word defines its subject.
fn is_definition(word: Word) -> bool {
    CONNECTIVES.contains(&word) || matches!(word, Word::OnProperty | Word::InverseOf)
}

/// Whether a triple with such a word can be the main one of an axiom.
fn is_main(word: Word) -> bool {
    is_definition(word)
        || matches!(
            word,
            Word::SubClassOf
                | Word::EquivalentClass
                | Word::DisjointWith
                | Word::DisjointUnionOf
                | Word::HasKey
                | Word::SubPropertyOf
                | Word::EquivalentProperty
                | Word::PropertyDisjointWith
                | Word::PropertyChainAxiom
                | Word::Domain
                | Word::Range
                | Word::SameAs
                | Word::DifferentFrom
                | Word::Imports
                | Word::Deprecated
        )
}
