//! Axioms as Turtle: the way back of `rdf` (W3C, OWL 2 Mapping to RDF Graphs, section 2).
//!
//! An axiom on more than two classes or properties that are all the same becomes one statement
//! for each two neighbours, as the mapping has it. A name that RDF cannot hold is written in another
//! way and counted.

use std::io::{self, Write};

use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleSerializer;
use oxttl::turtle::WriterTurtleSerializer;

use super::built_in::OWL;
use super::form::{self, Form, annotation_count};
use super::grammar::Construct;
use super::prefixes::Prefixes;
use super::reader::{Reader, Step};
use super::statement::Statements;
use super::vocabulary::{RDF, RDFS, XSD};
use crate::iri::PrefixTable;
use crate::owl::EntityKind;

mod names;

use names::Names;

/// Writes statements in functional syntax as Turtle.
pub struct TurtleWriter<'a, W: Write> {
    out: WriterTurtleSerializer<W>,
    prefixes: Prefixes<'a>,
    statements: Statements<'a>,
    ontology: NamedOrBlankNode,
    /// How many nodes were named.
    nodes: u64,
    names: Names,
}

/// What an axiom's main triple is, to be annotated.
type Main = (NamedOrBlankNode, NamedNode, Term);

impl<'a, W: Write> TurtleWriter<'a, W> {
    /// Writes the head of a document: its prefixes, and which ontology it is.
    ///
    /// # Errors
    ///
    /// Whatever writing reports.
    pub fn new(
        out: W,
        prefixes: &'a PrefixTable,
        iri: Option<&str>,
        version_iri: Option<&str>,
    ) -> io::Result<Self> {
        let mut serializer = TurtleSerializer::new();
        for (name, namespace) in prefixes.iter() {
            // A prefix that Turtle does not take is written out instead.
            serializer = match serializer.clone().with_prefix(name, namespace) {
                Ok(with) => with,
                Err(_) => serializer,
            };
        }
        let mut names = Names::default();
        let ontology = match iri {
            Some(iri) => names.iri(iri).into(),
            None => BlankNode::new_unchecked("ontology").into(),
        };
        let version = version_iri.map(|iri| names.iri(iri));
        let mut writer = Self {
            out: serializer.for_writer(out),
            prefixes: Prefixes::new(prefixes),
            statements: Statements::new(prefixes),
            ontology: NamedOrBlankNode::clone(&ontology),
            nodes: 0,
            names,
        };
        writer.triple(&ontology, &rdf("type"), owl("Ontology"))?;
        if let Some(version) = version {
            writer.triple(&ontology, &owl("versionIRI"), version)?;
        }
        Ok(writer)
    }

    /// Writes one statement; false if it is none, or none that RDF has.
    ///
    /// # Errors
    ///
    /// Whatever writing reports.
    pub fn statement(&mut self, text: &str) -> io::Result<bool> {
        let mut reader = Reader::new(text, 0);
        match reader.next(&mut self.prefixes, &mut self.statements) {
            Some(Step::Form { construct, arguments, .. }) => {
                self.axiom(construct, &arguments)?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Writes a statement without a type; false if RDF has none such. Whatever the kinds of its
    /// properties are, its triples are the same.
    ///
    /// # Errors
    ///
    /// Whatever writing reports.
    pub fn untyped(&mut self, text: &str) -> io::Result<bool> {
        // A triple, or an assertion: of an annotation both ends may be anything.
        let triple = ["?PropertyAssertion(", "?("].iter().find_map(|word| text.strip_prefix(word));
        let typed = match triple {
            Some(rest) => Some(format!("AnnotationAssertion({rest}")),
            None => crate::owl::typed(text, || Some(EntityKind::ObjectProperty)),
        };
        typed.map_or(Ok(false), |text| self.statement(&text))
    }

    /// Ends the document. Gives how many names were written in another way, for RDF cannot hold
    /// them.
    ///
    /// # Errors
    ///
    /// Whatever writing reports.
    pub fn finish(self) -> io::Result<u64> {
        self.out.finish()?;
        Ok(self.names.altered())
    }

    fn triple(
        &mut self,
        subject: &NamedOrBlankNode,
        property: &NamedNode,
        object: impl Into<Term>,
    ) -> io::Result<()> {
        let triple = Triple::new(subject.clone(), property.clone(), object);
        self.out.serialize_triple(&triple)
    }

    fn node(&mut self) -> NamedOrBlankNode {
        self.nodes += 1;
        BlankNode::new_unchecked(format!("n{}", self.nodes)).into()
    }

    fn axiom(&mut self, construct: &'static Construct, arguments: &[Form]) -> io::Result<()> {
        let (annotations, rest) = arguments.split_at(annotation_count(arguments));
        let main = match self.node_of_several(construct.word, rest)? {
            // What is a node of its own carries its annotations itself.
            Some(node) => return self.annotate(&node, annotations),
            None => self.mains(construct.word, rest)?,
        };
        for (subject, property, object) in main {
            self.triple(&subject, &property, object.clone())?;
            if annotations.is_empty() {
                continue;
            }
            let node = self.reify("Axiom", &subject, &property, object)?;
            self.annotate(&node, annotations)?;
        }
        Ok(())
    }

    /// The annotations of a node, and theirs.
    fn annotate(&mut self, node: &NamedOrBlankNode, annotations: &[Form]) -> io::Result<()> {
        for annotation in annotations {
            let Form::Call(_, arguments) = annotation else { continue };
            let (nested, rest) = arguments.split_at(annotation_count(arguments));
            let [property, value] = rest else { continue };
            let (property, value) = (self.name(property), self.term(value)?);
            self.triple(node, &property, value.clone())?;
            if !nested.is_empty() {
                let above = self.reify("Annotation", node, &property, value)?;
                self.annotate(&above, nested)?;
            }
        }
        Ok(())
    }

    fn reify(
        &mut self,
        class: &str,
        subject: &NamedOrBlankNode,
        property: &NamedNode,
        object: Term,
    ) -> io::Result<NamedOrBlankNode> {
        let node = self.node();
        self.triple(&node, &rdf("type"), owl(class))?;
        self.triple(&node, &owl("annotatedSource"), subject.clone())?;
        self.triple(&node, &owl("annotatedProperty"), property.clone())?;
        self.triple(&node, &owl("annotatedTarget"), object)?;
        Ok(node)
    }

    /// An axiom that is a node of its own: one on more than two, or a negative assertion.
    fn node_of_several(
        &mut self,
        word: &str,
        forms: &[Form],
    ) -> io::Result<Option<NamedOrBlankNode>> {
        let class = match word {
            "DisjointClasses" if forms.len() > 2 => "AllDisjointClasses",
            "DisjointObjectProperties" | "DisjointDataProperties" if forms.len() > 2 => {
                "AllDisjointProperties"
            }
            "DifferentIndividuals" if forms.len() > 2 => "AllDifferent",
            "NegativeObjectPropertyAssertion" | "NegativeDataPropertyAssertion" => {
                "NegativePropertyAssertion"
            }
            _ => return Ok(None),
        };
        let node = self.node();
        self.triple(&node, &rdf("type"), owl(class))?;
        match (class, forms) {
            ("NegativePropertyAssertion", [property, source, target]) => {
                let is_data = word == "NegativeDataPropertyAssertion";
                let target_word = if is_data { "targetValue" } else { "targetIndividual" };
                let parts = [
                    ("sourceIndividual", source),
                    ("assertionProperty", property),
                    (target_word, target),
                ];
                for (word, form) in parts {
                    let term = self.term(form)?;
                    self.triple(&node, &owl(word), term)?;
                }
            }
            _ => {
                let list = self.list(forms)?;
                self.triple(&node, &owl("members"), list)?;
            }
        }
        Ok(Some(node))
    }

    /// The triples that say an axiom.
    fn mains(&mut self, word: &str, forms: &[Form]) -> io::Result<Vec<Main>> {
        match (word, forms) {
            ("Declaration", [Form::Call(kind, of)]) => {
                let class = match kind.word {
                    "Datatype" => NamedNode::new_unchecked(format!("{RDFS}Datatype")),
                    "DataProperty" => owl("DatatypeProperty"),
                    other => owl(other),
                };
                Ok(vec![(self.subject(&of[0])?, rdf("type"), class.into())])
            }
            ("Import", [iri]) => Ok(vec![(self.ontology.clone(), owl("imports"), self.term(iri)?)]),
            ("Annotation", [property, value]) => {
                Ok(vec![(self.ontology.clone(), self.name(property), self.term(value)?)])
            }
            ("ClassAssertion", [class, individual]) => {
                Ok(vec![(self.subject(individual)?, rdf("type"), self.term(class)?)])
            }
            ("ObjectPropertyAssertion", [Form::Call(_, inverse), subject, object]) => {
                Ok(vec![(self.subject(object)?, self.name(&inverse[0]), self.term(subject)?)])
            }
            (word, [property, subject, object]) if word.ends_with("Assertion") => {
                Ok(vec![(self.subject(subject)?, self.name(property), self.term(object)?)])
            }
            ("SubObjectPropertyOf", [Form::Call(chain, links), property])
                if chain.word == "ObjectPropertyChain" =>
            {
                let list = self.list(links)?;
                Ok(vec![(self.subject(property)?, owl("propertyChainAxiom"), list)])
            }
            ("DisjointUnion", [class, parts @ ..]) => {
                let list = self.list(parts)?;
                Ok(vec![(self.subject(class)?, owl("disjointUnionOf"), list)])
            }
            ("HasKey", [class, keys @ ..]) => {
                let listed = keys.iter().filter_map(|form| match form {
                    Form::List(forms) => Some(forms.as_slice()),
                    _ => None,
                });
                let keys: Vec<_> = listed.flatten().cloned().collect();
                let list = self.list(&keys)?;
                Ok(vec![(self.subject(class)?, owl("hasKey"), list)])
            }
            (word, [property]) => {
                // `FunctionalDataProperty` is a class of properties without their kind.
                let class = word.replace("FunctionalDataProperty", "FunctionalProperty");
                let class = match class.strip_suffix("ObjectProperty") {
                    Some("InverseFunctional") => "InverseFunctionalProperty".to_owned(),
                    Some(characteristic) => format!("{characteristic}Property"),
                    None => class,
                };
                Ok(vec![(self.subject(property)?, rdf("type"), owl(&class).into())])
            }
            (word, several) => self.pairs(&between(word), several),
        }
    }

    /// The same property between each two neighbours.
    fn pairs(&mut self, property: &NamedNode, forms: &[Form]) -> io::Result<Vec<Main>> {
        let mut nodes = Vec::with_capacity(forms.len());
        for form in forms {
            nodes.push(self.term(form)?);
        }
        let pairs = nodes.windows(2).filter_map(|pair| {
            let subject = match &pair[0] {
                Term::NamedNode(node) => node.clone().into(),
                Term::BlankNode(node) => node.clone().into(),
                _ => return None,
            };
            Some((subject, property.clone(), pair[1].clone()))
        });
        Ok(pairs.collect())
    }

    fn name(&mut self, form: &Form) -> NamedNode {
        match form {
            Form::Entity(id) => self.names.iri(&self.statements.entities.iri(*id).expanded),
            _ => rdf("nil"),
        }
    }

    fn subject(&mut self, form: &Form) -> io::Result<NamedOrBlankNode> {
        Ok(match self.term(form)? {
            Term::NamedNode(node) => node.into(),
            Term::BlankNode(node) => node.into(),
            // The grammar has no literal where this is asked for.
            _ => self.node(),
        })
    }

    fn term(&mut self, form: &Form) -> io::Result<Term> {
        Ok(match form {
            Form::Entity(_) => self.name(form).into(),
            Form::Anonymous(name) => self.names.node(name).into(),
            Form::Number(number) => typed_number(*number, "integer").into(),
            Form::Literal(literal) => self.literal(literal).into(),
            Form::List(forms) => self.list(forms)?,
            Form::Call(construct, arguments) => self.expression(construct.word, arguments)?.into(),
        })
    }

    fn literal(&mut self, literal: &form::Literal) -> Literal {
        let value = &*literal.value;
        match (&literal.language, literal.datatype) {
            (Some(language), _) => self.names.tagged(value, language),
            (None, Some(datatype)) => {
                let datatype = self.statements.entities.iri(datatype);
                Literal::new_typed_literal(value, self.names.iri(&datatype.expanded))
            }
            (None, None) => Literal::new_simple_literal(value),
        }
    }

    fn list(&mut self, forms: &[Form]) -> io::Result<Term> {
        let mut terms = Vec::with_capacity(forms.len());
        for form in forms {
            terms.push(self.term(form)?);
        }
        let mut rest: Term = rdf("nil").into();
        for term in terms.into_iter().rev() {
            let cell = self.node();
            self.triple(&cell, &rdf("first"), term)?;
            self.triple(&cell, &rdf("rest"), rest)?;
            rest = cell.into();
        }
        Ok(rest)
    }

    /// The node of a class expression, a data range or an inverse.
    fn expression(&mut self, word: &str, forms: &[Form]) -> io::Result<NamedOrBlankNode> {
        let node = self.node();
        if let Some(property) = set_of(word) {
            self.triple(&node, &rdf("type"), range_or_class(word))?;
            let list = self.list(forms)?;
            self.triple(&node, &property, list)?;
            return Ok(node);
        }
        match (word, forms) {
            ("ObjectInverseOf", [property]) => {
                let property = self.name(property);
                self.triple(&node, &owl("inverseOf"), property)?;
            }
            ("ObjectComplementOf" | "DataComplementOf", [of]) => {
                let is_data = word == "DataComplementOf";
                let property = if is_data { "datatypeComplementOf" } else { "complementOf" };
                self.triple(&node, &rdf("type"), range_or_class(word))?;
                let of = self.term(of)?;
                self.triple(&node, &owl(property), of)?;
            }
            ("DatatypeRestriction", [datatype, facets @ ..]) => {
                self.triple(&node, &rdf("type"), range_or_class("Data"))?;
                let datatype = self.term(datatype)?;
                self.triple(&node, &owl("onDatatype"), datatype)?;
                let list = self.facets(facets)?;
                self.triple(&node, &owl("withRestrictions"), list)?;
            }
            _ => self.restriction(&node, word, forms)?,
        }
        Ok(node)
    }

    fn facets(&mut self, facets: &[Form]) -> io::Result<Term> {
        let mut rest: Term = rdf("nil").into();
        for pair in facets.chunks_exact(2).rev() {
            let (facet, value) = (self.node(), self.term(&pair[1])?);
            let property = self.name(&pair[0]);
            self.triple(&facet, &property, value)?;
            let cell = self.node();
            self.triple(&cell, &rdf("first"), facet)?;
            self.triple(&cell, &rdf("rest"), rest)?;
            rest = cell.into();
        }
        Ok(rest)
    }

    fn restriction(
        &mut self,
        node: &NamedOrBlankNode,
        word: &str,
        forms: &[Form],
    ) -> io::Result<()> {
        self.triple(node, &rdf("type"), owl("Restriction"))?;
        let (number, rest) = match forms {
            [Form::Number(number), rest @ ..] => (Some(*number), rest),
            rest => (None, rest),
        };
        let Some((property, filler)) = rest.split_first() else { return Ok(()) };
        let property = self.term(property)?;
        self.triple(node, &owl("onProperty"), property)?;
        let (is_data, kind) = match word.strip_prefix("Data") {
            Some(kind) => (true, kind),
            None => (false, word.trim_start_matches("Object")),
        };
        let kind = kind[..1].to_lowercase() + &kind[1..];
        match (number, filler) {
            (Some(number), filler) => {
                let qualified = if filler.is_empty() { "" } else { "Qualified" };
                let kind = kind.replace("exactCardinality", "cardinality");
                let kind = match kind.strip_suffix("Cardinality") {
                    Some(bound) => format!("{bound}{qualified}Cardinality"),
                    None if filler.is_empty() => kind,
                    None => "qualifiedCardinality".to_owned(),
                };
                let number = typed_number(number, "nonNegativeInteger");
                self.triple(node, &owl(&kind), number)?;
                if let [filler] = filler {
                    let on = if is_data { "onDataRange" } else { "onClass" };
                    let filler = self.term(filler)?;
                    self.triple(node, &owl(on), filler)?;
                }
            }
            (None, []) => {
                let yes = NamedNode::new_unchecked(format!("{XSD}boolean"));
                self.triple(node, &owl("hasSelf"), Literal::new_typed_literal("true", yes))?;
            }
            (None, [filler, ..]) => {
                let filler = self.term(filler)?;
                self.triple(node, &owl(&kind), filler)?;
            }
        }
        Ok(())
    }
}

fn owl(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{OWL}{local}"))
}

fn rdf(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{RDF}{local}"))
}

fn rdfs(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{RDFS}{local}"))
}

fn typed_number(number: u32, datatype: &str) -> Literal {
    let datatype = NamedNode::new_unchecked(format!("{XSD}{datatype}"));
    Literal::new_typed_literal(number.to_string(), datatype)
}

fn range_or_class(word: &str) -> NamedNode {
    if word.starts_with("Data") { rdfs("Datatype") } else { owl("Class") }
}

/// The property that leads to the members of an expression.
fn set_of(word: &str) -> Option<NamedNode> {
    Some(match word {
        "ObjectIntersectionOf" | "DataIntersectionOf" => owl("intersectionOf"),
        "ObjectUnionOf" | "DataUnionOf" => owl("unionOf"),
        "ObjectOneOf" | "DataOneOf" => owl("oneOf"),
        _ => return None,
    })
}

/// The property between the two sides of an axiom.
fn between(word: &str) -> NamedNode {
    match word {
        "SubClassOf" => rdfs("subClassOf"),
        "EquivalentClasses" | "DatatypeDefinition" => owl("equivalentClass"),
        "DisjointClasses" => owl("disjointWith"),
        "SameIndividual" => owl("sameAs"),
        "DifferentIndividuals" => owl("differentFrom"),
        "InverseObjectProperties" => owl("inverseOf"),
        _ if word.starts_with("Sub") => rdfs("subPropertyOf"),
        _ if word.starts_with("Equivalent") => owl("equivalentProperty"),
        _ if word.starts_with("Disjoint") => owl("propertyDisjointWith"),
        _ if word.ends_with("Domain") => rdfs("domain"),
        _ => rdfs("range"),
    }
}
