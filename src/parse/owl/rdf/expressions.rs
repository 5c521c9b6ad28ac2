//! Class expressions, data ranges and property expressions of a graph as forms.
//!
//! Recursion is bounded: nothing comes here that [`Mapping::admits`] has not measured.

use super::super::form::Form;
use super::graph::TripleId;
use super::kinds::{Kinds, Known, Shape, decide};
use super::mapping::Mapping;
use super::roles::{CONDITIONS, CONNECTIVES, Role};
use super::terms::{Term, TermId};
use super::words::Word;

/// A property with what is known of its kind.
pub(super) struct Property {
    pub(super) form: Form,
    pub(super) known: Known,
}

/// Levels that are looked through for what an expression without a type is.
const LEVELS_SEEN: usize = 16;

impl Mapping<'_, '_, '_> {
    /// A property or the inverse of one.
    pub(super) fn property(&mut self, term: TermId) -> Option<Property> {
        if let Some(form) = self.name(term) {
            return Some(Property { form, known: self.vocabulary.known(term) });
        }
        if self.graph.role(term) != Role::Inverse {
            return None;
        }
        let (at, of) = self.graph.only(term, Word::InverseOf)?;
        if !self.vocabulary.known(of).certain.and(Kinds::PROPERTY).is_empty()
            && !self.vocabulary.known(of).certain.has(Kinds::OBJECT)
        {
            return None;
        }
        let of = self.name(of)?;
        let form = self.call("ObjectInverseOf", vec![of])?;
        self.used.push(at);
        self.use_types(term, &[Word::ObjectProperty, Word::Property]);
        Some(Property { form, known: Known::only(Kinds::OBJECT) })
    }

    /// An object property or the inverse of one.
    pub(super) fn object_property(&mut self, term: TermId) -> Option<Form> {
        let property = self.property(term)?;
        decide(&[property.known], Shape::any(Kinds::OBJECT))?;
        Some(property.form)
    }

    pub(super) fn class(&mut self, term: TermId) -> Option<Form> {
        match self.graph.role(term) {
            Role::Restriction => self.restriction(term),
            Role::Connective => self.class_connective(term),
            _ => self.name(term),
        }
    }

    pub(super) fn range(&mut self, term: TermId) -> Option<Form> {
        match self.graph.role(term) {
            Role::Connective => self.range_connective(term),
            Role::Plain => self.name(term),
            _ => None,
        }
    }

    /// What a class expression or a data range can be: [`Kinds::CLASS`], [`Kinds::DATATYPE`] or
    /// both, where that is not known.
    pub(super) fn nature(&mut self, term: TermId) -> Kinds {
        let both = Kinds::CLASS.or(Kinds::DATATYPE);
        let mut at = term;
        for _ in 0..LEVELS_SEEN {
            if let Term::Iri(_) = self.graph.terms.term(at) {
                let known = self.vocabulary.known(at).all().and(both);
                return if known.is_empty() { both } else { known };
            }
            let is = |class| self.graph.is_a(at, class);
            if self.graph.role(at) == Role::Restriction || is(Word::Class) || is(Word::RdfsClass) {
                return Kinds::CLASS;
            }
            if is(Word::Datatype) || is(Word::DataRange) {
                return Kinds::DATATYPE;
            }
            let Some((word, _, object)) = self.connective(at) else { return both };
            match word {
                Word::ComplementOf => return Kinds::CLASS,
                Word::DatatypeComplementOf | Word::OnDatatype => return Kinds::DATATYPE,
                _ => {}
            }
            let Some((_, first)) = self.graph.only(object, Word::First) else { return both };
            if word == Word::OneOf {
                let is_literal = self.graph.terms.is_literal(first);
                return if is_literal { Kinds::DATATYPE } else { Kinds::CLASS };
            }
            at = first;
        }
        both
    }

    /// Which word makes a node an expression; `None` if several do.
    pub(super) fn connective(&self, node: TermId) -> Option<(Word, TripleId, TermId)> {
        self.one_of(node, &CONNECTIVES)
    }

    fn one_of(&self, node: TermId, words: &[Word]) -> Option<(Word, TripleId, TermId)> {
        let mut found = None;
        for word in words {
            match self.graph.with(node, word.term()) {
                [] => {}
                [at] if found.is_none() => found = Some((*word, *at)),
                _ => return None,
            }
        }
        found.map(|(word, at)| (word, at, self.graph.triple(at).object))
    }

    /// Takes the types that a node of a structure may state. Those of a name declare it.
    pub(super) fn use_types(&mut self, node: TermId, types: &[Word]) {
        let is_blank = self.graph.terms.is_blank(node);
        for class in types.iter().filter(|class| is_blank || **class == Word::Restriction) {
            let typed = self.graph.find([node, Word::Type.term(), class.term()]);
            self.used.extend(typed);
        }
    }

    /// The items of a list; its cells are taken.
    pub(super) fn items(&mut self, list: TermId) -> Option<Vec<TermId>> {
        let found = self.sizes.items(self.graph, list)?;
        self.used.extend(found.triples);
        Some(found.items)
    }

    fn class_connective(&mut self, node: TermId) -> Option<Form> {
        let (word, at, object) = self.connective(node)?;
        if [Word::Datatype, Word::DataRange].iter().any(|class| self.graph.is_a(node, *class)) {
            return None;
        }
        self.used.push(at);
        self.use_types(node, &[Word::Class, Word::RdfsClass]);
        self.class_made_of(word, object)
    }

    /// The class that is defined by a word and what follows it.
    pub(super) fn class_made_of(&mut self, word: Word, object: TermId) -> Option<Form> {
        let (word, nothing) = match word {
            Word::IntersectionOf => ("ObjectIntersectionOf", Word::Thing),
            Word::UnionOf => ("ObjectUnionOf", Word::Nothing),
            Word::OneOf => ("ObjectOneOf", Word::Nothing),
            Word::ComplementOf => {
                let of = self.class(object)?;
                return self.call("ObjectComplementOf", vec![of]);
            }
            _ => return None,
        };
        let items = self.items(object)?;
        let mut forms = Vec::with_capacity(items.len().max(1));
        for item in items {
            let is_members = word == "ObjectOneOf";
            forms.push(if is_members { self.individual(item) } else { self.class(item) }?);
        }
        match forms.len() {
            0 => self.name(nothing.term()),
            // What is made of one class is that class.
            1 if word != "ObjectOneOf" => forms.pop(),
            _ => self.call(word, forms),
        }
    }

    fn range_connective(&mut self, node: TermId) -> Option<Form> {
        if self.graph.is_a(node, Word::Class) {
            return None;
        }
        if let Some(restricted) = self.datatype_restriction(node) {
            return Some(restricted);
        }
        let (word, at, object) = self.connective(node)?;
        self.used.push(at);
        self.use_types(node, &[Word::Datatype, Word::DataRange]);
        self.range_made_of(word, object)
    }

    /// The datatype that is defined by a word and what follows it.
    pub(super) fn range_made_of(&mut self, word: Word, object: TermId) -> Option<Form> {
        let (word, is_everything) = match word {
            Word::IntersectionOf => ("DataIntersectionOf", true),
            Word::UnionOf => ("DataUnionOf", false),
            Word::OneOf => ("DataOneOf", false),
            Word::DatatypeComplementOf | Word::ComplementOf => {
                let of = self.range(object)?;
                return self.call("DataComplementOf", vec![of]);
            }
            _ => return None,
        };
        let items = self.items(object)?;
        let mut forms = Vec::with_capacity(items.len().max(1));
        for item in items {
            let is_members = word == "DataOneOf";
            forms.push(if is_members { self.literal(item) } else { self.range(item) }?);
        }
        match forms.len() {
            0 => {
                let all = self.name(Word::Literal.term())?;
                if is_everything { Some(all) } else { self.call("DataComplementOf", vec![all]) }
            }
            1 if word != "DataOneOf" => forms.pop(),
            _ => self.call(word, forms),
        }
    }

    /// A datatype with facets.
    pub(super) fn datatype_restriction(&mut self, node: TermId) -> Option<Form> {
        let (on, datatype) = self.graph.only(node, Word::OnDatatype)?;
        let (with, list) = self.graph.only(node, Word::WithRestrictions)?;
        let mut arguments = vec![self.name(datatype)?];
        for facet in self.items(list)? {
            if !self.graph.terms.is_blank(facet) {
                return None;
            }
            let stated = self.graph.about(facet);
            for at in stated {
                let triple = self.graph.triple(*at);
                arguments.push(self.name(triple.property)?);
                arguments.push(self.literal(triple.object)?);
            }
            self.used.extend(stated);
        }
        self.used.extend([on, with]);
        self.use_types(node, &[Word::Datatype, Word::DataRange]);
        self.call("DatatypeRestriction", arguments)
    }

    /// A condition on a property.
    pub(super) fn restriction(&mut self, node: TermId) -> Option<Form> {
        let (on, property) = self.graph.only(node, Word::OnProperty)?;
        let property = self.property(property)?;
        let (word, at, object) = self.one_of(node, &CONDITIONS)?;
        self.used.extend([on, at]);
        self.use_types(node, &[Word::Restriction, Word::Class, Word::RdfsClass]);
        match word {
            Word::SomeValuesFrom => self.quantified("?SomeValuesFrom", property, object),
            Word::AllValuesFrom => self.quantified("?AllValuesFrom", property, object),
            Word::HasValue => self.has_value(property, object),
            Word::HasSelf => {
                let (Term::Typed(value, _) | Term::Text(value)) = self.graph.terms.term(object)
                else {
                    return None;
                };
                if !matches!(value, "true" | "1") {
                    return None;
                }
                decide(&[property.known], Shape::any(Kinds::OBJECT))?;
                self.call("ObjectHasSelf", vec![property.form])
            }
            Word::MinCardinality | Word::MinQualifiedCardinality => {
                self.cardinality("?MinCardinality", node, property, object)
            }
            Word::MaxCardinality | Word::MaxQualifiedCardinality => {
                self.cardinality("?MaxCardinality", node, property, object)
            }
            _ => self.cardinality("?ExactCardinality", node, property, object),
        }
    }

    /// What a filler says of the property it is the filler of.
    pub(super) fn shape_of_filler(&mut self, filler: TermId) -> Shape {
        let nature = self.nature(filler);
        let kinds = match (nature.has(Kinds::CLASS), nature.has(Kinds::DATATYPE)) {
            (true, false) => Kinds::OBJECT,
            (false, true) => Kinds::DATA,
            _ => Kinds::LOGICAL,
        };
        // What a name stands for is not certain enough to go against a declaration.
        let is_written = self.graph.role(filler).is_expression();
        Shape { possible: if is_written { kinds } else { Kinds::LOGICAL }, likely: kinds }
    }

    fn quantified(
        &mut self,
        word: &'static str,
        property: Property,
        filler: TermId,
    ) -> Option<Form> {
        let shape = self.shape_of_filler(filler);
        let word = self.word(word, decide(&[property.known], shape)?)?;
        let filler =
            if word.starts_with("Data") { self.range(filler) } else { self.class(filler) }?;
        self.call(word, vec![property.form, filler])
    }

    fn has_value(&mut self, property: Property, value: TermId) -> Option<Form> {
        if self.graph.terms.is_literal(value) {
            decide(&[property.known], Shape::any(Kinds::DATA))?;
            let value = self.value(value);
            return self.call("DataHasValue", vec![property.form, value]);
        }
        decide(&[property.known], Shape::any(Kinds::OBJECT))?;
        let value = self.individual(value)?;
        self.call("ObjectHasValue", vec![property.form, value])
    }

    fn cardinality(
        &mut self,
        word: &'static str,
        node: TermId,
        property: Property,
        number: TermId,
    ) -> Option<Form> {
        let (Term::Typed(number, _) | Term::Text(number)) = self.graph.terms.term(number) else {
            return None;
        };
        let mut arguments = vec![Form::Number(number.trim().parse().ok()?), property.form];
        let words = [Word::OnClass, Word::OnDataRange];
        let filler = self.one_of(node, &words);
        if filler.is_none() && words.iter().any(|it| !self.graph.with(node, it.term()).is_empty()) {
            return None;
        }
        let shape = match filler {
            Some((Word::OnClass, ..)) => Shape::any(Kinds::OBJECT),
            Some(_) => Shape::any(Kinds::DATA),
            None => Shape::any(Kinds::LOGICAL),
        };
        let word = self.word(word, decide(&[property.known], shape)?)?;
        if let Some((of, at, filler)) = filler {
            let is_class = of == Word::OnClass;
            arguments.push(if is_class { self.class(filler) } else { self.range(filler) }?);
            self.used.push(at);
        }
        self.call(word, arguments)
    }
}
