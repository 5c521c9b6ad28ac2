//! The format's own rules for a block: what it requires, and which values it knows.
//!
//! Broken rules are findings, never a reason to drop a page: few pages keep them all.

use super::block::Fields;
use super::keys::Field;
use crate::iri::{Iri, local_name};
use crate::name::{Name, Rank};
use crate::parse::findings::{Findings, Quoted};
use crate::record::{Reference, SUBCLASS_OF, SuppliedName};

/// Required by the format's specification, besides a parent.
const REQUIRED: [Field; 10] = [
    Field::TermId,
    Field::PreferredTerm,
    Field::SourceDomain,
    Field::Status,
    Field::PublicAccess,
    Field::LastUpdated,
    Field::Definition,
    Field::Class,
    Field::Physicality,
    Field::Role,
];

const ENUMERATIONS: [(Field, &[&str]); 4] = [
    (Field::Status, &["draft", "in-progress", "complete", "deprecated"]),
    (Field::Maturity, &["draft", "emerging", "mature", "established"]),
    (Field::Physicality, &["PhysicalEntity", "VirtualEntity", "AbstractEntity", "HybridEntity"]),
    (Field::Role, &["Object", "Process", "Agent", "Quality", "Relation", "Concept"]),
];

/// The domains of the format, each with its prefix.
const DOMAINS: [(&str, &str); 6] = [
    ("ai", "ai"),
    ("blockchain", "bc"),
    ("robotics", "rb"),
    ("metaverse", "mv"),
    ("telecollaboration", "tc"),
    ("disruptive-tech", "dt"),
];

/// A block as far as the rules look at it.
pub(super) struct Claim<'a> {
    pub(super) line: u32,
    pub(super) fields: &'a Fields<'a>,
    /// The class it states, if it states one.
    pub(super) class: Option<&'a Iri>,
    pub(super) names: &'a [SuppliedName],
    pub(super) references: &'a [Reference],
}

impl Claim<'_> {
    fn parents(&self) -> impl Iterator<Item = &Reference> {
        self.references.iter().filter(|reference| reference.predicate == SUBCLASS_OF)
    }
}

/// Checks every rule.
pub(super) fn check(claim: &Claim<'_>, findings: &mut Findings) {
    check_required(claim, findings);
    check_values(claim.fields, findings);
    check_date(claim.fields, findings);
    check_prefixes(claim, findings);
    check_parents(claim, findings);
}

/// Checks the values of fields that have only certain ones.
pub(super) fn check_values(fields: &Fields<'_>, findings: &mut Findings) {
    check_enumerations(fields, findings);
    check_scores(fields, findings);
}

/// One finding for all that is missing: most blocks of old pages lack several keys.
fn check_required(claim: &Claim<'_>, findings: &mut Findings) {
    let missing = REQUIRED.into_iter().filter(|field| claim.fields.of(*field).is_none());
    let mut missing: Vec<_> = missing.map(Field::key).collect();
    if claim.parents().next().is_none() {
        missing.push(SUBCLASS_OF);
    }
    if !missing.is_empty() {
        let message = format!("required and not stated: {}", missing.join(", "));
        findings.warn("missing_required", claim.line, message);
    }
}

fn check_enumerations(fields: &Fields<'_>, findings: &mut Findings) {
    for (field, known) in ENUMERATIONS {
        let Some((property, value)) = fields.of(field).zip(fields.value(field)) else { continue };
        if !known.contains(&value) {
            let (key, known) = (&property.key, known.join(", "));
            let message = format!("{key} is {}, expected one of {known}", Quoted(value));
            findings.warn("unknown_value", property.line, message);
        }
    }
}

fn check_scores(fields: &Fields<'_>, findings: &mut Findings) {
    for field in [Field::QualityScore, Field::AuthorityScore] {
        let Some((property, value)) = fields.of(field).zip(fields.value(field)) else { continue };
        if !value.parse().is_ok_and(|score: f64| (0.0..=1.0).contains(&score)) {
            let key = &property.key;
            let message = format!("{key} is {}, expected a number from 0.0 to 1.0", Quoted(value));
            findings.warn("score_out_of_range", property.line, message);
        }
    }
}

fn check_date(fields: &Fields<'_>, findings: &mut Findings) {
    let field = Field::LastUpdated;
    let Some((property, value)) = fields.of(field).zip(fields.value(field)) else { return };
    if !is_date(value) {
        let key = &property.key;
        let message = format!("{key} is {}, expected a date as YYYY-MM-DD", Quoted(value));
        findings.warn("bad_date", property.line, message);
    }
}

/// Whether `text` is a day of the calendar, written `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return false;
    }
    let number = |part: &str| part.parse::<u32>().unwrap_or_default();
    let (year, month, day) = (number(&text[..4]), number(&text[5..7]), number(&text[8..]));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// The prefixes of the class and of the term's id against the domain, where the format
/// knows both.
fn check_prefixes(claim: &Claim<'_>, findings: &mut Findings) {
    let fields = claim.fields;
    let Some(domain) = fields.value(Field::SourceDomain) else { return };
    let Some(expected) = prefix_of_domain(domain) else { return };
    let class = claim.class.and_then(|iri| iri.compact.split_once(':'));
    let term_id = fields.value(Field::TermId).and_then(|id| id.split_once(['-', '_', ':']));
    for (field, split) in [(Field::Class, class), (Field::TermId, term_id)] {
        let Some((property, (prefix, _))) = fields.of(field).zip(split) else { continue };
        let prefix = prefix.to_ascii_lowercase();
        let known = DOMAINS.iter().any(|(_, known)| *known == prefix);
        if known && prefix != expected {
            let (key, domain) = (&property.key, Quoted(domain));
            let message = format!("{key} has prefix {prefix}, its domain {domain} has {expected}");
            findings.warn("prefix_disagrees_with_domain", property.line, message);
        }
    }
}

/// The prefix of a domain, which is given by its name or its prefix.
fn prefix_of_domain(domain: &str) -> Option<&'static str> {
    let named = |(name, prefix): &&(&str, &str)| {
        domain.eq_ignore_ascii_case(name) || domain.eq_ignore_ascii_case(prefix)
    };
    DOMAINS.iter().find(named).map(|(_, prefix)| *prefix)
}

fn check_parents(claim: &Claim<'_>, findings: &mut Findings) {
    check_self(claim.names, claim.references, findings);
    check_axioms(claim, findings);
}

/// A class that states itself as its parent, by a name that is its own for certain.
pub(super) fn check_self(
    names: &[SuppliedName],
    references: &[Reference],
    findings: &mut Findings,
) {
    let own = |name: &&SuppliedName| name.rank <= Rank::LAST_STRONG && !name.name.folded.is_empty();
    let own: Vec<_> = names.iter().filter(own).map(|own| &own.name.folded).collect();
    for parent in references.iter().filter(|it| it.predicate == SUBCLASS_OF) {
        if own.contains(&&parent.target.folded) {
            let message = format!("{} is the class itself", Quoted(&parent.target.exact));
            findings.warn("self_parent", parent.line, message);
        }
    }
}

/// Parents that axioms state and properties do not, where properties state some. What the axioms
/// say of physicality and role is stated as a property of that name.
fn check_axioms(claim: &Claim<'_>, findings: &mut Findings) {
    let fold = |text: &str| Name::new(text).map(|name| name.folded);
    let mut known: Vec<_> = [Field::Physicality, Field::Role]
        .into_iter()
        .filter_map(|field| fold(local_name(claim.fields.value(field)?)))
        .collect();
    let mut stated = claim.parents().filter(|parent| !parent.is_axiom).peekable();
    if stated.peek().is_none() {
        return;
    }
    known.extend(stated.filter_map(|parent| fold(local_name(&parent.target.exact))));
    for parent in claim.parents().filter(|parent| parent.is_axiom) {
        let local = local_name(&parent.target.exact);
        if fold(local).is_some_and(|folded| !known.contains(&folded)) {
            let message = format!("an axiom has the parent {}, and no property", Quoted(local));
            findings.warn("parents_disagree", parent.line, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_day_of_the_calendar() {
        for date in ["2025-11-02", "2024-02-29", "2000-02-29", "0001-01-31"] {
            assert!(is_date(date), "{date}");
        }
        for other in [
            "2025-02-29",
            "1900-02-29",
            "2025-13-01",
            "2025-04-31",
            "2025-1-1",
            "2025-00-10",
            "02-11-2025",
            "2025-11-0é",
        ] {
            assert!(!is_date(other), "{other}");
        }
    }

    #[test]
    fn a_domain_is_known_by_its_name_and_by_its_prefix() {
        assert_eq!(prefix_of_domain("Metaverse"), Some("mv"));
        assert_eq!(prefix_of_domain("BC"), Some("bc"));
        assert_eq!(prefix_of_domain("hydrology"), None);
    }
}
