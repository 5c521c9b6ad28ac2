//! Frames: what their clauses state of a class, a relation or an instance.

use super::expression::{equivalence, words};
use super::line::unescaped;
use super::write::{self, IN_OWL, OBO, OWL};
use super::{Clause, Document, Entity, Frame, Kind};

/// Operands of an intersection or a union, which clauses give one by one.
#[derive(Default)]
struct Operands {
    line: u32,
    parts: Vec<String>,
    annotations: Vec<String>,
}

impl Document<'_> {
    pub(super) fn frame(&mut self, frame: &Frame<'_>) {
        let (line, id) = (frame.line, &*frame.id);
        let iri = match frame.kind {
            Kind::Typedef => self.names.relation(id),
            Kind::Term | Kind::Instance => self.names.iri(id),
        };
        let kind = match frame.kind {
            Kind::Term => Entity::Class,
            Kind::Typedef if self.names.is_metadata(&iri) => Entity::AnnotationProperty,
            Kind::Typedef => Entity::ObjectProperty,
            Kind::Instance => Entity::NamedIndividual,
        };
        self.declare(line, kind, &iri);
        let subject = write::iri(&iri);
        self.annotate(line, &[], &format!("{IN_OWL}id"), &subject, &write::literal(id));
        if frame.kind == Kind::Typedef && self.names.is_shorthand(id) {
            self.annotate(line, &[], &format!("{IN_OWL}shorthand"), &subject, &write::literal(id));
        }
        let has_namespace = frame.clauses.iter().any(|it| it.tag == "namespace");
        if let Some(namespace) = self.namespace.clone().filter(|_| !has_namespace) {
            let namespace = write::literal(&namespace);
            self.annotate(line, &[], &format!("{IN_OWL}hasOBONamespace"), &subject, &namespace);
        }
        let mut operands = [Operands::default(), Operands::default()];
        for clause in &frame.clauses {
            let stated = match kind {
                Entity::Class => self.of_class(clause, &iri, &mut operands),
                Entity::ObjectProperty => self.of_property(clause, &subject),
                Entity::AnnotationProperty => self.of_annotation_property(clause, &subject),
                Entity::NamedIndividual => self.of_individual(clause, &subject),
            };
            match stated {
                Ok(true) => {}
                Ok(false) => self.metadata(clause, &subject),
                Err(reason) => self.refuse(clause.line, format!("{}: {reason}", clause.tag)),
            }
        }
        for (word, operands) in ["ObjectIntersectionOf", "ObjectUnionOf"].iter().zip(operands) {
            self.combine(&subject, word, operands);
        }
    }

    fn combine(&mut self, subject: &str, word: &str, operands: Operands) {
        let Operands { line, parts, annotations } = operands;
        match &*parts {
            [] => {}
            [_] => self.refuse(line, "one operand stands alone: there must be two at least"),
            _ => self.state(line, &equivalence(&annotations, subject, word, &parts)),
        }
    }

    /// States what a clause says of a class. False if the clause is not logic.
    fn of_class(
        &mut self,
        clause: &Clause<'_>,
        iri: &str,
        [intersection, union]: &mut [Operands; 2],
    ) -> Result<bool, String> {
        let (line, subject) = (clause.line, &*write::iri(iri));
        match clause.tag {
            "is_a" => {
                let parent = self.class(line, &one(clause)?);
                let subject = self.subject(clause, subject);
                self.axiom(clause, "SubClassOf", &[&subject, &parent]);
            }
            "relationship" => {
                let [relation, class] = two(clause)?;
                let property = self.names.relation(&relation);
                if self.names.is_metadata(&property) {
                    self.relate(clause, subject, &property, &class);
                    return Ok(true);
                }
                let related = self.related(clause, &relation, &class)?;
                let subject = self.subject(clause, subject);
                self.axiom(clause, "SubClassOf", &[&subject, &related]);
            }
            "intersection_of" | "union_of" => {
                let operand = self.operand(clause)?;
                let annotations = self.annotations(clause);
                let operands = if clause.tag == "union_of" { union } else { intersection };
                if operands.parts.is_empty() {
                    operands.line = line;
                }
                operands.parts.push(operand);
                operands.annotations.extend(annotations);
            }
            "equivalent_to" | "disjoint_from" => {
                let other = self.class(line, &one(clause)?);
                let word = match clause.tag {
                    "equivalent_to" => "EquivalentClasses",
                    _ => "DisjointClasses",
                };
                self.axiom(clause, word, &[subject, &other]);
            }
            "alt_id" => self.alternative(clause, iri),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Another id of a class: a class of that id is stated to be merged into this one.
    fn alternative(&mut self, clause: &Clause<'_>, iri: &str) {
        let (line, id) = (clause.line, unescaped(&clause.value));
        let annotations = self.annotations(clause);
        let property = format!("{IN_OWL}hasAlternativeId");
        self.annotate(line, &annotations, &property, &write::iri(iri), &write::literal(&id));
        let other = self.names.iri(&id);
        if other == iri {
            return;
        }
        self.declare(line, Entity::Class, &other);
        let other = write::iri(&other);
        let truth = write::boolean(true);
        self.annotate(line, &[], &format!("{OWL}deprecated"), &other, &truth);
        self.annotate(line, &[], &format!("{OBO}IAO_0100001"), &other, &write::iri(iri));
        let merged = write::iri(&format!("{OBO}IAO_0000227"));
        self.annotate(line, &[], &format!("{OBO}IAO_0000231"), &other, &merged);
    }

    /// States what a clause says of an object property. False if the clause is not logic.
    fn of_property(&mut self, clause: &Clause<'_>, subject: &str) -> Result<bool, String> {
        if let Some(word) = characteristic(clause) {
            self.axiom(clause, word, &[subject]);
            return Ok(true);
        }
        let line = clause.line;
        let word = match clause.tag {
            "is_a" => "SubObjectPropertyOf",
            "inverse_of" => "InverseObjectProperties",
            "equivalent_to" => "EquivalentObjectProperties",
            "disjoint_from" => "DisjointObjectProperties",
            "domain" | "range" => {
                let class = self.class(line, &one(clause)?);
                let is_domain = clause.tag == "domain";
                let word = if is_domain { "ObjectPropertyDomain" } else { "ObjectPropertyRange" };
                self.axiom(clause, word, &[subject, &class]);
                return Ok(true);
            }
            "transitive_over" => {
                let over = self.property(line, &one(clause)?);
                let chain = format!("ObjectPropertyChain({subject} {over})");
                self.axiom(clause, "SubObjectPropertyOf", &[&chain, subject]);
                return Ok(true);
            }
            "holds_over_chain" | "equivalent_to_chain" => {
                let [one, two] = two(clause)?;
                let (one, two) = (self.property(line, &one), self.property(line, &two));
                let chain = format!("ObjectPropertyChain({one} {two})");
                self.axiom(clause, "SubObjectPropertyOf", &[&chain, subject]);
                // OWL can state one direction of an equivalence; the tag says the other.
                return Ok(clause.tag == "holds_over_chain");
            }
            "relationship" => {
                let [relation, other] = two(clause)?;
                let property = self.names.relation(&relation);
                self.relate(clause, subject, &property, &other);
                return Ok(true);
            }
            _ => return Ok(false),
        };
        let other = self.property(line, &one(clause)?);
        self.axiom(clause, word, &[subject, &other]);
        Ok(true)
    }

    /// States what a clause says of an annotation property. False if it is an annotation.
    fn of_annotation_property(
        &mut self,
        clause: &Clause<'_>,
        subject: &str,
    ) -> Result<bool, String> {
        let line = clause.line;
        match clause.tag {
            "is_a" => {
                let parent = self.names.relation(&one(clause)?);
                let parent = self.used(line, Entity::AnnotationProperty, &parent);
                self.axiom(clause, "SubAnnotationPropertyOf", &[subject, &parent]);
            }
            "domain" | "range" => {
                let class = write::iri(&self.names.iri(&one(clause)?));
                let is_domain = clause.tag == "domain";
                let word =
                    if is_domain { "AnnotationPropertyDomain" } else { "AnnotationPropertyRange" };
                self.axiom(clause, word, &[subject, &class]);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// States what a clause says of an instance. False if the clause is not logic.
    fn of_individual(&mut self, clause: &Clause<'_>, subject: &str) -> Result<bool, String> {
        let line = clause.line;
        match clause.tag {
            "instance_of" => {
                let class = self.class(line, &one(clause)?);
                self.axiom(clause, "ClassAssertion", &[&class, subject]);
            }
            "relationship" => {
                let [relation, other] = two(clause)?;
                let iri = self.names.relation(&relation);
                if self.names.is_metadata(&iri) {
                    self.relate(clause, subject, &iri, &other);
                    return Ok(true);
                }
                let property = self.property(line, &relation);
                let other = self.names.iri(&other);
                let other = self.used(line, Entity::NamedIndividual, &other);
                self.axiom(clause, "ObjectPropertyAssertion", &[&property, subject, &other]);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A relation without logic.
    fn relate(&mut self, clause: &Clause<'_>, subject: &str, property: &str, other: &str) {
        let annotations = self.annotations(clause);
        let other = write::iri(&self.names.iri(other));
        self.annotate(clause.line, &annotations, property, subject, &other);
    }

    fn axiom(&mut self, clause: &Clause<'_>, word: &str, arguments: &[&str]) {
        let annotations = self.annotations(clause);
        self.state(clause.line, &write::form(word, &annotations, arguments));
    }
}

/// The axiom of a characteristic that a clause gives a relation.
fn characteristic(clause: &Clause<'_>) -> Option<&'static str> {
    let word = match clause.tag {
        "is_transitive" => "TransitiveObjectProperty",
        "is_symmetric" => "SymmetricObjectProperty",
        "is_reflexive" => "ReflexiveObjectProperty",
        "is_asymmetric" => "AsymmetricObjectProperty",
        "is_functional" => "FunctionalObjectProperty",
        "is_inverse_functional" => "InverseFunctionalObjectProperty",
        _ => return None,
    };
    (clause.value == "true").then_some(word)
}

/// The only word of a clause.
fn one(clause: &Clause<'_>) -> Result<String, String> {
    <[String; 1]>::try_from(words(clause))
        .map(|[word]| word)
        .map_err(|words| format!("{} words where one is expected", words.len()))
}

/// The two words of a clause.
fn two(clause: &Clause<'_>) -> Result<[String; 2], String> {
    <[String; 2]>::try_from(words(clause))
        .map_err(|words| format!("{} words where two are expected", words.len()))
}
