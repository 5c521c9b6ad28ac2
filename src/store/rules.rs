//! Rules over all that is stored: what only several items together show to be wrong.
//!
//! Each rule is a query, so that what it finds is always of now. Findings about a single item
//! are made when it is read and stand in `diagnostic`; here both are one list.

use std::collections::BTreeMap;

use rusqlite::{Row, named_params};
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::hierarchy::{Hierarchy, Redundant};
use super::namespaces::{Belonging, Namespaces};
use super::read::Reader;
use super::resolution::ClassKey;
use crate::iri::PrefixTable;

/// A rule.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Rule {
    /// Its stable word.
    pub code: &'static str,
    /// How much a finding matters where nobody says otherwise.
    pub level: FindingLevel,
    /// What it looks for.
    pub about: &'static str,
    #[serde(skip)]
    sql: &'static str,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingLevel {
    /// It is not looked for.
    Off,
    /// Worth knowing.
    Info,
    /// Something is unusual or missing.
    Warning,
    /// Something is wrong.
    Error,
}

impl FindingLevel {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    fn named(word: &str) -> Self {
        match word {
            "error" => Self::Error,
            "info" => Self::Info,
            _ => Self::Warning,
        }
    }
}

/// Which level the findings of each code have, where it is not the usual one.
pub type Levels = BTreeMap<String, FindingLevel>;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub level: FindingLevel,
    /// The rule, or the diagnostic.
    pub code: String,
    /// What it is about, where it is about an entity or a name.
    pub subject: Option<String>,
    /// For a person.
    pub message: String,
    /// The source of the item.
    pub source: String,
    /// The item.
    pub key: String,
    /// The line in it, from 1; 0 where that is unknown.
    pub line: u32,
}

/// Every rule, in the order of their codes.
pub const RULES: [Rule; 18] = {
    use FindingLevel::{Error, Info, Warning};
    [
        rule(
            "claimed_twice",
            Info,
            "a class that several items define",
            sql!("rule_claimed_twice"),
        ),
        rule(
            DANGLING_REFERENCE,
            Warning,
            "an entity that documents speak of and nobody declares",
            sql!("rule_undeclared"),
        ),
        rule(
            "duplicate_label",
            Warning,
            "a label that several entities have",
            sql!("rule_duplicate_label"),
        ),
        rule(
            "kind_conflict",
            Error,
            "an entity declared to be two things that exclude each other",
            sql!("rule_kind_conflict"),
        ),
        rule(
            "label_whitespace",
            Warning,
            "a label with white space that nobody sees",
            sql!("rule_label_whitespace"),
        ),
        rule(
            MISSING_LABEL,
            Warning,
            "an entity that a document declares and nothing labels",
            sql!("rule_missing_label"),
        ),
        rule(
            "ontology_iri_twice",
            Error,
            "an ontology that several documents say they are",
            sql!("rule_ontology_iri_twice"),
        ),
        rule(
            REDUNDANT_PARENT,
            Info,
            "a class one of whose parents is above another of them",
            sql!("rule_parents"),
        ),
        rule(
            "reserved_term",
            Error,
            "a term that OWL, RDF, RDFS or XML Schema do not have, or that is declared otherwise",
            sql!("rule_reserved_term"),
        ),
        rule(
            "several_definitions",
            Warning,
            "an entity with several definitions in one language",
            sql!("rule_several_definitions"),
        ),
        rule(
            "several_labels",
            Warning,
            "an entity with several labels in one language",
            sql!("rule_several_labels"),
        ),
        rule(SUBCLASS_CYCLE, Error, "classes that are each below the other", sql!("rule_parents")),
        rule(
            UNDECLARED_PROPERTY,
            Warning,
            "a property that nobody declares, so that statements have no type",
            sql!("rule_undeclared_property"),
        ),
        rule(
            "unresolved_import",
            Warning,
            "an import of a document that is not here",
            sql!("rule_unresolved_import"),
        ),
        rule(
            "unresolved_name",
            Info,
            "a name that pages refer to and none answers",
            sql!("rule_unresolved_name"),
        ),
        rule(
            "untyped_statement",
            Warning,
            "statements that no axiom could be made of",
            sql!("rule_untyped_statement"),
        ),
        rule(
            USE_OF_ABSENT_IMPORT,
            Info,
            "an entity of an imported ontology that is not here",
            sql!("rule_undeclared"),
        ),
        rule(
            "use_of_deprecated",
            Warning,
            "an axiom that speaks of what is deprecated",
            sql!("rule_use_of_deprecated"),
        ),
    ]
};

// Rules that no single query can keep.
const REDUNDANT_PARENT: &str = "redundant_parent";
const SUBCLASS_CYCLE: &str = "subclass_cycle";

// Rules to which it matters what ontology an entity belongs to.
const DANGLING_REFERENCE: &str = "dangling_reference";
const MISSING_LABEL: &str = "missing_label";
const UNDECLARED_PROPERTY: &str = "undeclared_property";
const USE_OF_ABSENT_IMPORT: &str = "use_of_absent_import";

/// Classes of a cycle that a finding names.
const NAMED_IN_CYCLE: usize = 8;

const fn rule(
    code: &'static str,
    level: FindingLevel,
    about: &'static str,
    sql: &'static str,
) -> Rule {
    Rule { code, level, about, sql }
}

impl Reader {
    /// What rules and diagnostics find in the items of one source or of all: the gravest first,
    /// then by code and place. `levels` says how much each code matters.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn findings(
        &self,
        source: Option<&str>,
        levels: &Levels,
    ) -> Result<Vec<Finding>, StoreError> {
        // All of them look at one state of the store.
        let _transaction = self.connection.unchecked_transaction()?;
        let level = |code: &str, usual| levels.get(code).copied().unwrap_or(usual);
        let known = Known { prefixes: self.prefixes(None)?, namespaces: Namespaces::of(self)? };
        let mut found = self.diagnosed(source, level)?;
        for rule in RULES {
            let level = level(rule.code, rule.level);
            if level == FindingLevel::Off {
                continue;
            }
            let of_rule = match rule.code {
                REDUNDANT_PARENT => self.redundant_parents(level)?,
                SUBCLASS_CYCLE => self.cycles(level)?,
                _ => known.judged(self.found_by(&rule, level)?),
            };
            found.extend(of_rule.into_iter().filter(|it| source.is_none_or(|of| it.source == of)));
        }
        found.sort_by(|a, b| {
            let order = |it: &Finding| (std::cmp::Reverse(it.level), it.code.clone());
            let place = |it: &Finding| (it.source.clone(), it.key.clone(), it.line);
            (order(a), place(a), &a.subject).cmp(&(order(b), place(b), &b.subject))
        });
        Ok(found)
    }

    fn diagnosed(
        &self,
        source: Option<&str>,
        level: impl Fn(&str, FindingLevel) -> FindingLevel,
    ) -> Result<Vec<Finding>, StoreError> {
        let by_source = named_params! { ":source": source };
        let mut found = self.list(sql!("read_diagnostics_of"), by_source, |row| {
            let code: String = row.get("code")?;
            let usual = FindingLevel::named(&row.get::<_, String>("level")?);
            Ok(Finding {
                level: level(&code, usual),
                code,
                subject: None,
                message: row.get("message")?,
                source: row.get("source")?,
                key: row.get("key")?,
                line: row.get("line")?,
            })
        })?;
        found.retain(|finding| finding.level != FindingLevel::Off);
        Ok(found)
    }

    fn found_by(&self, rule: &Rule, level: FindingLevel) -> Result<Vec<Finding>, StoreError> {
        self.list(rule.sql, &[], |row| {
            let detail: String = row.get("detail")?;
            finding(row, rule.code, level, |subject| format!("{subject}: {detail}"))
        })
    }

    /// The cycles among classes, each once.
    fn cycles(&self, level: FindingLevel) -> Result<Vec<Finding>, StoreError> {
        let mut found = Vec::new();
        for cycle in self.hierarchy()?.cycles() {
            let mut places = Vec::new();
            for class in &cycle {
                places.extend(self.class_place(*class, SUBCLASS_CYCLE, level)?);
            }
            places.sort_by(|a, b| (&a.key, a.line, &a.subject).cmp(&(&b.key, b.line, &b.subject)));
            let names = places.iter().map(|it| it.message.as_str()).take(NAMED_IN_CYCLE);
            let mut named = names.collect::<Vec<_>>().join(" < ");
            if places.len() > NAMED_IN_CYCLE {
                named += " ..";
            }
            if let Some(first) = places.into_iter().next() {
                let message =
                    format!("{}: {} classes below each other: {named}", first.message, cycle.len());
                found.push(Finding { message, ..first });
            }
        }
        Ok(found)
    }

    /// Classes one of whose parents is above another of them.
    fn redundant_parents(&self, level: FindingLevel) -> Result<Vec<Finding>, StoreError> {
        let mut found = Vec::new();
        for Redundant { class, parent, below } in self.hierarchy()?.redundant_parents() {
            let [parent, below] = [self.class_shown(parent)?, self.class_shown(below)?];
            for place in self.class_place(class, REDUNDANT_PARENT, level)? {
                let message =
                    format!("{}: its parent {parent} is above its parent {below}", place.message);
                found.push(Finding { message, ..place });
            }
        }
        Ok(found)
    }

    fn hierarchy(&self) -> Result<Hierarchy, StoreError> {
        let mut hierarchy = Hierarchy::default();
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?));
        for (ontology, child, parent) in self.list(sql!("rule_parents"), &[], read)? {
            hierarchy.add((ontology, child), (ontology, parent));
        }
        Ok(hierarchy)
    }

    /// Where a class is shown from, as a finding that names it; nothing for a stub.
    fn class_place(
        &self,
        (ontology_id, class_id): ClassKey,
        code: &str,
        level: FindingLevel,
    ) -> Result<Vec<Finding>, StoreError> {
        let by_id = named_params! { ":ontology_id": ontology_id, ":class_id": class_id };
        let place = |row: &Row<'_>| finding(row, code, level, str::to_owned);
        self.list(sql!("rule_class_place"), by_id, place)
    }

    fn class_shown(&self, (ontology_id, class_id): ClassKey) -> Result<String, StoreError> {
        let by_id = named_params! { ":ontology_id": ontology_id, ":class_id": class_id };
        let mut shown = self.list(sql!("class_shown"), by_id, |row| row.get::<_, String>(0))?;
        Ok(shown.pop().unwrap_or_default())
    }
}

/// What is known of the ontologies that entities belong to.
struct Known {
    prefixes: PrefixTable,
    namespaces: Namespaces,
}

impl Known {
    /// The findings that are left when it is known what each entity belongs to, which they say.
    fn judged(&self, found: Vec<Finding>) -> Vec<Finding> {
        found.into_iter().filter_map(|finding| self.judge(finding)).collect()
    }

    fn judge(&self, finding: Finding) -> Option<Finding> {
        let iri = self.prefixes.read(finding.subject.as_deref().unwrap_or_default()).expanded;
        let belonging = || self.namespaces.belonging(&iri);
        let more = match finding.code.as_str() {
            DANGLING_REFERENCE => match belonging() {
                Belonging::Here(ontology) => format!(", also not in {ontology}"),
                Belonging::Nowhere => String::new(),
                Belonging::Absent(_) | Belonging::Vocabulary => return None,
            },
            USE_OF_ABSENT_IMPORT => match belonging() {
                Belonging::Absent(import) => format!("; {import} is imported and not here"),
                _ => return None,
            },
            // What is declared of an import that is absent is only said to be there.
            MISSING_LABEL => match belonging() {
                Belonging::Absent(_) | Belonging::Vocabulary => return None,
                Belonging::Here(_) | Belonging::Nowhere => String::new(),
            },
            UNDECLARED_PROPERTY => match belonging() {
                Belonging::Absent(import) => format!("; {import} is imported and not here"),
                _ => String::new(),
            },
            _ => String::new(),
        };
        Some(Finding { message: finding.message + &more, ..finding })
    }
}

fn finding(
    row: &Row<'_>,
    code: &str,
    level: FindingLevel,
    message: impl FnOnce(&str) -> String,
) -> rusqlite::Result<Finding> {
    let subject: String = row.get("subject")?;
    Ok(Finding {
        level,
        code: code.to_owned(),
        message: message(&subject),
        subject: Some(subject),
        source: row.get("source")?,
        key: row.get("key")?,
        line: row.get("line")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_stand_in_the_order_of_their_codes() {
        assert!(RULES.is_sorted_by_key(|rule| rule.code));
    }
}
