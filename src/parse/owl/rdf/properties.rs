//! Axioms on properties, whose kinds may be open.

use super::super::form::Form;
use super::axioms::Statement;
use super::expressions::Property;
use super::kinds::{Decided, Kinds, Known, Shape, decide};
use super::mapping::Mapping;
use super::terms::TermId;
use super::words::Word;
use crate::owl::EntityKind;

impl Mapping<'_, '_, '_> {
    pub(super) fn property_axiom(
        &mut self,
        subject: TermId,
        word: Word,
        object: TermId,
    ) -> Option<Statement> {
        match word {
            Word::SubPropertyOf => self.pair("Sub?PropertyOf", Kinds::PROPERTY, subject, object),
            Word::EquivalentProperty => {
                self.pair("Equivalent?Properties", Kinds::LOGICAL, subject, object)
            }
            Word::PropertyDisjointWith => {
                self.pair("Disjoint?Properties", Kinds::LOGICAL, subject, object)
            }
            Word::InverseOf => {
                self.name(subject)?;
                let forms = vec![self.object_property(subject)?, self.object_property(object)?];
                self.statement("InverseObjectProperties", forms)
            }
            Word::PropertyChainAxiom => {
                let mut chain = Vec::new();
                for item in self.items(object)? {
                    chain.push(self.object_property(item)?);
                }
                let chain = self.call("ObjectPropertyChain", chain)?;
                let property = self.object_property(subject)?;
                self.statement("SubObjectPropertyOf", vec![chain, property])
            }
            Word::Domain => self.domain(subject, object),
            Word::Range => self.of_range(subject, object),
            _ => None,
        }
    }

    fn pair(
        &mut self,
        word: &'static str,
        kinds: Kinds,
        one: TermId,
        other: TermId,
    ) -> Option<Statement> {
        let (one, other) = (self.property(one)?, self.property(other)?);
        let decided = decide(&[one.known, other.known], Shape::any(kinds))?;
        let word = self.word(word, decided)?;
        self.statement(word, vec![one.form, other.form])
    }

    fn domain(&mut self, subject: TermId, class: TermId) -> Option<Statement> {
        let property = self.property(subject)?;
        let is_name = !self.graph.role(class).is_expression();
        let kinds = if is_name { Kinds::PROPERTY } else { Kinds::LOGICAL };
        let word = self.word("?PropertyDomain", decide(&[property.known], Shape::any(kinds))?)?;
        let class = self.class(class)?;
        self.statement(word, vec![property.form, class])
    }

    fn of_range(&mut self, subject: TermId, range: TermId) -> Option<Statement> {
        let property = self.property(subject)?;
        let mut shape = self.shape_of_filler(range);
        if !self.graph.role(range).is_expression() {
            // What annotates may have a range of any sort, as long as it has a name.
            shape.possible = Kinds::PROPERTY;
            let is_known = !property.known.all().and(Kinds::PROPERTY).is_empty();
            shape.likely = if is_known { shape.likely } else { shape.likely.or(Kinds::ANNOTATION) };
        }
        let decided = decide(&[property.known], shape)?;
        let word = self.word("?PropertyRange", decided)?;
        let is_data = decided == Decided::Kind(EntityKind::DataProperty);
        let range = if is_data { self.range(range) } else { self.class(range) }?;
        self.statement(word, vec![property.form, range])
    }

    pub(super) fn characteristic(&mut self, subject: TermId, word: Word) -> Option<Statement> {
        let property = self.property(subject)?;
        if word == Word::FunctionalProperty {
            let decided = decide(&[property.known], Shape::any(Kinds::LOGICAL))?;
            let word = self.word("Functional?Property", decided)?;
            return self.statement(word, vec![property.form]);
        }
        decide(&[property.known], Shape::any(Kinds::OBJECT))?;
        let word = match word {
            Word::InverseFunctionalProperty => "InverseFunctionalObjectProperty",
            Word::TransitiveProperty => "TransitiveObjectProperty",
            Word::SymmetricProperty => "SymmetricObjectProperty",
            Word::AsymmetricProperty => "AsymmetricObjectProperty",
            Word::ReflexiveProperty => "ReflexiveObjectProperty",
            Word::IrreflexiveProperty => "IrreflexiveObjectProperty",
            _ => return None,
        };
        self.statement(word, vec![property.form])
    }

    pub(super) fn disjoint_properties(&mut self, node: TermId, line: u32) -> Option<Statement> {
        let (at, list) = self.graph.only(node, Word::Members)?;
        if !self.admits(list, line) {
            return None;
        }
        self.used.push(at);
        let mut properties = Vec::new();
        for item in self.items(list)? {
            properties.push(self.property(item)?);
        }
        let known: Vec<Known> = properties.iter().map(|property| property.known).collect();
        let decided = decide(&known, Shape::any(Kinds::LOGICAL))?;
        let word = self.word("Disjoint?Properties", decided)?;
        let forms: Vec<Form> = properties.into_iter().map(|Property { form, .. }| form).collect();
        self.statement(word, forms)
    }

    pub(super) fn negative(&mut self, node: TermId) -> Option<Statement> {
        let (from, source) = self.graph.only(node, Word::SourceIndividual)?;
        let (by, property) = self.graph.only(node, Word::AssertionProperty)?;
        let individual = self.graph.only(node, Word::TargetIndividual);
        let value = self.graph.only(node, Word::TargetValue);
        self.used.extend([from, by]);
        let source = self.individual(source)?;
        let property = self.property(property)?;
        match (individual, value) {
            (Some((at, target)), None) => {
                decide(&[property.known], Shape::any(Kinds::OBJECT))?;
                self.used.push(at);
                let forms = vec![property.form, source, self.individual(target)?];
                self.statement("NegativeObjectPropertyAssertion", forms)
            }
            (None, Some((at, target))) => {
                decide(&[property.known], Shape::any(Kinds::DATA))?;
                self.used.push(at);
                let forms = vec![property.form, source, self.literal(target)?];
                self.statement("NegativeDataPropertyAssertion", forms)
            }
            _ => None,
        }
    }
}
