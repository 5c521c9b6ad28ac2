//! Relations to classes as class expressions (OBO 1.4, 5.3).

use super::line::word;
use super::{Clause, Document, Entity, write};
use crate::parse::findings::Quoted;

impl Document<'_> {
    /// A class by its id, between brackets.
    pub(super) fn class(&mut self, line: u32, id: &str) -> String {
        let iri = self.names.iri(id);
        self.used(line, Entity::Class, &iri)
    }

    /// An object property by the id of its relation, between brackets.
    pub(super) fn property(&mut self, line: u32, id: &str) -> String {
        let iri = self.names.relation(id);
        self.used(line, Entity::ObjectProperty, &iri)
    }

    /// What is so related to a class: some of it, unless qualifiers say how many or only.
    ///
    /// # Errors
    ///
    /// A number that is none.
    pub(super) fn related(
        &mut self,
        clause: &Clause<'_>,
        relation: &str,
        class: &str,
    ) -> Result<String, String> {
        let property = self.property(clause.line, relation);
        let class = self.class(clause.line, class);
        let number = |names: [&str; 2]| {
            let found = clause.qualifiers.iter().find(|(key, _)| names.contains(&key.as_str()));
            found.map(|(key, value)| number_of(key, value)).transpose()
        };
        let exact = number(["cardinality"; 2])?;
        let least = number(["minCardinality", "min_cardinality"])?;
        let most = number(["maxCardinality", "max_cardinality"])?;
        let counted = [("Exact", exact), ("Min", least), ("Max", most)];
        let mut parts: Vec<_> = counted
            .into_iter()
            .filter_map(|(word, number)| Some((word, number?)))
            .map(|(word, number)| format!("Object{word}Cardinality({number} {property} {class})"))
            .collect();
        let is_true =
            |name| clause.qualifiers.iter().any(|(key, value)| key == name && value == "true");
        if is_true("all_only") {
            parts.push(format!("ObjectAllValuesFrom({property} {class})"));
        }
        if parts.is_empty() || is_true("all_some") {
            parts.push(format!("ObjectSomeValuesFrom({property} {class})"));
        }
        Ok(match &*parts {
            [only] => only.clone(),
            _ => format!("ObjectIntersectionOf({})", parts.join(" ")),
        })
    }

    /// The class that a frame is about, or that part of it to which its qualifiers restrict a
    /// clause.
    pub(super) fn subject(&mut self, clause: &Clause<'_>, subject: &str) -> String {
        let value = |name| {
            clause.qualifiers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
        };
        let (Some(relation), Some(filler)) = (value("gci_relation"), value("gci_filler")) else {
            return subject.to_owned();
        };
        let property = self.property(clause.line, relation);
        let filler = self.class(clause.line, filler);
        format!("ObjectIntersectionOf({subject} ObjectSomeValuesFrom({property} {filler}))")
    }

    /// An operand of an intersection: a class, or what is related to one.
    ///
    /// # Errors
    ///
    /// An operand that is neither.
    pub(super) fn operand(&mut self, clause: &Clause<'_>) -> Result<String, String> {
        match &*words(clause) {
            [class] => Ok(self.class(clause.line, class)),
            [relation, class] => self.related(clause, relation, class),
            other => Err(format!("{} words where one or two are expected", other.len())),
        }
    }
}

/// The words of a clause's value.
pub(super) fn words(clause: &Clause<'_>) -> Vec<String> {
    let mut rest = &*clause.value;
    let mut words = Vec::new();
    while let Some((next, behind)) = word(rest) {
        words.push(next);
        rest = behind;
    }
    words
}

fn number_of(key: &str, value: &str) -> Result<u32, String> {
    value.trim().parse().map_err(|_| format!("{key} is no number: {}", Quoted(value)))
}

/// An equivalence of the class that a frame is about and its operands together.
pub(super) fn equivalence(
    annotations: &[String],
    subject: &str,
    word: &str,
    operands: &[String],
) -> String {
    let operands: Vec<&str> = operands.iter().map(String::as_str).collect();
    let together = write::form(word, &[], &operands);
    write::form("EquivalentClasses", annotations, &[subject, &together])
}
