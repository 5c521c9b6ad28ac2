//! Axioms as old databases hold them: a type, and texts for the rest.
//!
//! A text that is one IRI becomes that IRI. Anything else stays as it is: what it was meant to
//! be, only who wrote it knows.

use std::collections::{HashMap, HashSet};

use super::catalog::plain;
use super::item::Row;
use super::layout::{Role, Sheet};
use crate::iri::{self, PrefixTable};
use crate::owl::{Axiom, EntityId, Ontology, Particulars, Term, UNTYPED, quoted};

/// The names of OWL 2's structures that have a subject.
const TYPES: [&str; 36] = [
    "SubClassOf",
    "EquivalentClasses",
    "DisjointClasses",
    "DisjointUnion",
    "SubObjectPropertyOf",
    "EquivalentObjectProperties",
    "DisjointObjectProperties",
    "InverseObjectProperties",
    "ObjectPropertyDomain",
    "ObjectPropertyRange",
    "FunctionalObjectProperty",
    "InverseFunctionalObjectProperty",
    "ReflexiveObjectProperty",
    "IrreflexiveObjectProperty",
    "SymmetricObjectProperty",
    "AsymmetricObjectProperty",
    "TransitiveObjectProperty",
    "SubDataPropertyOf",
    "EquivalentDataProperties",
    "DisjointDataProperties",
    "DataPropertyDomain",
    "DataPropertyRange",
    "FunctionalDataProperty",
    "DatatypeDefinition",
    "HasKey",
    "SameIndividual",
    "DifferentIndividuals",
    "ClassAssertion",
    "ObjectPropertyAssertion",
    "DataPropertyAssertion",
    "NegativeObjectPropertyAssertion",
    "NegativeDataPropertyAssertion",
    "AnnotationAssertion",
    "SubAnnotationPropertyOf",
    "AnnotationPropertyDomain",
    "AnnotationPropertyRange",
];

/// Where the IRIs lie of what columns say of an axiom.
const COLUMN_NAMESPACE: &str = "urn:driftless:legacy:";

const DEPRECATED: &str = "http://www.w3.org/2002/07/owl#deprecated";
const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

/// One axiom as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Parts {
    kind: String,
    subject: String,
    predicate: Option<String>,
    object: Option<String>,
    /// What other columns say of it: column and value.
    extra: Vec<(String, String)>,
}

impl Parts {
    pub(super) fn of(sheet: &Sheet, row: &Row) -> Self {
        let says_nothing = |column: &str, value: &str| match plain(column).as_str() {
            "annotations" => matches!(value.trim(), "" | "{}" | "[]"),
            "isinferred" => matches!(value, "0" | "false"),
            _ => false,
        };
        let extra = sheet.extra(&[]).into_iter().filter_map(|at| {
            let (column, value) = (&sheet.table.columns[at], row.values[at].shown()?);
            (!says_nothing(column, &value)).then(|| (column.clone(), value))
        });
        Self {
            kind: row.text(sheet, Role::Kind).unwrap_or_default(),
            subject: row.own.clone(),
            predicate: row.text(sheet, Role::Predicate),
            object: row.text(sheet, Role::Object),
            extra: extra.collect(),
        }
    }
}

/// The axioms of one item.
pub(super) struct Axioms<'a> {
    prefixes: &'a PrefixTable,
    ontology: Ontology,
    entities: HashMap<String, EntityId>,
    seen: HashSet<Parts>,
}

impl<'a> Axioms<'a> {
    pub(super) fn new(prefixes: &'a PrefixTable) -> Self {
        let ontology = Ontology::default();
        Self { prefixes, ontology, entities: HashMap::new(), seen: HashSet::new() }
    }

    pub(super) fn into_ontology(self) -> Ontology {
        self.ontology
    }

    /// Adds an axiom, unless it is there.
    pub(super) fn add(&mut self, parts: Parts) -> bool {
        if self.seen.contains(&parts) {
            return false;
        }
        let axiom_type = known_type(&parts.kind);
        let mut extra = parts.extra.clone();
        // What is without a type here says which one it had.
        extra.extend(axiom_type.is_none().then(|| ("axiom_type".to_owned(), parts.kind.clone())));
        let axiom = Axiom {
            axiom_type: axiom_type.unwrap_or(UNTYPED),
            subject: self.term(&parts.subject),
            property: parts.predicate.as_deref().map(|text| self.term(text)),
            object: parts.object.as_deref().map(|text| self.term(text)),
            line: 0,
            entities: Box::default(),
            particulars: Particulars::new(annotations(&extra), &[]),
        };
        self.ontology.axioms.push(axiom);
        self.seen.insert(parts);
        true
    }

    /// Says that a class is deprecated, as OWL says it.
    pub(super) fn deprecate(&mut self, class: &str) {
        self.state("AnnotationAssertion", class, DEPRECATED, r#""true"^^xsd:boolean"#);
    }

    /// Keeps what kind something is said to have that OWL does not know.
    pub(super) fn kind(&mut self, subject: &str, kind: Option<&str>) {
        self.state(UNTYPED, subject, TYPE, &quoted(kind.unwrap_or_default()));
    }

    fn state(&mut self, axiom_type: &'static str, subject: &str, property: &str, object: &str) {
        let axiom = Axiom {
            axiom_type,
            subject: self.term(subject),
            property: Some(self.term(property)),
            object: Some(Term::Written(object.into())),
            line: 0,
            entities: Box::default(),
            particulars: None,
        };
        self.ontology.axioms.push(axiom);
    }

    fn term(&mut self, text: &str) -> Term {
        let token = text.trim();
        let is_iri = token.contains(':')
            && !token.contains(|c: char| c.is_whitespace() || "()\"{}|^`\\".contains(c));
        if !is_iri {
            return Term::Written(text.into());
        }
        let iri = self.prefixes.read(token);
        if let Some(entity) = self.entities.get(&iri.expanded) {
            return Term::Entity(*entity);
        }
        let entity = self.ontology.entities.len() as EntityId;
        self.entities.insert(iri.expanded.clone(), entity);
        self.ontology.entities.push(iri);
        Term::Entity(entity)
    }
}

/// The name of OWL 2 that a type stands for.
fn known_type(written: &str) -> Option<&'static str> {
    let word = plain(written.rsplit(['#', ':', '/']).next().unwrap_or(written).trim());
    TYPES.into_iter().find(|name| name.eq_ignore_ascii_case(&word))
}

/// Columns as annotations of an axiom, in functional syntax.
fn annotations(extra: &[(String, String)]) -> Option<Box<str>> {
    let mut list: Vec<String> = extra
        .iter()
        .map(|(column, value)| {
            let iri = iri::made_iri(COLUMN_NAMESPACE, column);
            format!("Annotation(<{iri}> {})", quoted(value))
        })
        .collect();
    list.sort();
    (!list.is_empty()).then(|| list.join(" ").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_in_every_spelling_and_another_is_none() {
        for written in ["SubClassOf", "subclass_of", "owl:SubClassOf", "rdfs#subClassOf"] {
            assert_eq!(known_type(written), Some("SubClassOf"), "{written}");
        }
        assert_eq!(known_type("Weighs"), None);
    }

    #[test]
    fn one_iri_is_an_entity_and_everything_else_stays_as_it_is() {
        let prefixes = PrefixTable::default();
        let mut axioms = Axioms::new(&prefixes);
        for iri in ["mv:Dam", "http://example.org/Dam", "<http://example.org/Dam>"] {
            assert!(matches!(axioms.term(iri), Term::Entity(_)), "{iri}");
        }
        let texts = ["Dam", "see: the dam", "ObjectSomeValuesFrom(mv:p mv:Dam)", "\"a:b\""];
        for text in texts {
            assert_eq!(axioms.term(text), Term::Written(text.into()));
        }
    }
}
