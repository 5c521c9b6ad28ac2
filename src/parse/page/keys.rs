//! The keys that mean something to the parser.
//!
//! Every other key is kept as it stands and means nothing here.

use crate::owl::OwlPropertyKind;

/// A key whose value is single: the first one stated counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    TermId,
    PreferredTerm,
    Label,
    Definition,
    Class,
    Physicality,
    Role,
    SourceDomain,
    Status,
    Maturity,
    PublicAccess,
    LastUpdated,
    QualityScore,
    AuthorityScore,
}

impl Field {
    /// How many there are.
    pub(super) const COUNT: usize = Self::AuthorityScore as usize + 1;

    /// The field that a key fills.
    pub(super) fn of(key: &str) -> Option<Self> {
        FIELDS.iter().find(|(known, _)| is_same(key, known)).map(|(_, field)| *field)
    }

    /// The key the format's specification has for it.
    pub(super) fn key(self) -> &'static str {
        // Each field stands in the table, its specified key first.
        FIELDS.iter().find(|(_, field)| *field == self).map_or("", |(key, _)| key)
    }
}

const FIELDS: [(&str, Field); 15] = [
    ("term-id", Field::TermId),
    ("preferred-term", Field::PreferredTerm),
    ("label", Field::Label),
    ("rdfs:label", Field::Label),
    ("definition", Field::Definition),
    ("owl:class", Field::Class),
    ("owl:physicality", Field::Physicality),
    ("owl:role", Field::Role),
    ("source-domain", Field::SourceDomain),
    ("status", Field::Status),
    ("maturity", Field::Maturity),
    ("public-access", Field::PublicAccess),
    ("last-updated", Field::LastUpdated),
    ("quality-score", Field::QualityScore),
    ("authority-score", Field::AuthorityScore),
];

/// Keys that name a parent class, in every generation.
const PARENTS: [&str; 5] =
    ["is-subclass-of", "subClassOf", "subclass-of", "rdfs:subClassOf", "is-a"];

/// Keys that state a relation wherever in a block they stand.
const RELATIONS: [&str; 14] = [
    "has-part",
    "is-part-of",
    "requires",
    "depends-on",
    "enables",
    "relates-to",
    "related-to",
    "bridges-to",
    "bridges-from",
    "binds-to",
    "implementedInLayer",
    "implemented-in-layer",
    "belongsToDomain",
    "belongs-to-domain",
];

/// What the titles of sections end with in which every linked key is a relation, in
/// lower case and without anything but letters.
const RELATION_SECTIONS: [&str; 4] = ["relationships", "relations", "bridges", "crossdomainlinks"];

/// Keys that declare an OWL property, and its kind.
const DECLARATIONS: [(&str, OwlPropertyKind); 4] = [
    ("objectProperty", OwlPropertyKind::Object),
    ("dataProperty", OwlPropertyKind::Data),
    ("datatypeProperty", OwlPropertyKind::Data),
    ("annotationProperty", OwlPropertyKind::Annotation),
];

/// Keys of other names for the same class.
const ALTERNATIVES: [&str; 4] = ["alt-terms", "alt-term", "synonyms", "synonym"];

/// The key of a page's first property, where that says of which IRI it is.
pub(super) const IRI: &str = "iri";

/// The key of the identifier that a class had in older pages.
pub(super) const LEGACY_TERM_ID: &str = "legacy-term-id";

/// The key of the page's title: one name, commas included.
const TITLE: &str = "title";

/// Keys of other names for the page.
const ALIASES: [&str; 2] = ["alias", "aliases"];

/// Keys that Logseq itself writes on one line; text below them is no part of the value.
const LOGSEQ: [&str; 6] = ["id", "collapsed", "public", "heading", "created-at", "updated-at"];

/// The key whose value may be OWL text, after a `|`.
pub(super) const FUNCTIONAL_SYNTAX: &str = "owl:functional-syntax";

/// Whether `written` means `known`: case does not matter, and `-`, `_` and `:` are one, as
/// in `owl:class` and `owl_class`.
pub(super) fn is_same(written: &str, known: &str) -> bool {
    let same = |a: u8, b: u8| {
        a.eq_ignore_ascii_case(&b) || (matches!(a, b'-' | b'_' | b':') && matches!(b, b'-' | b':'))
    };
    written.len() == known.len() && written.bytes().zip(known.bytes()).all(|(a, b)| same(a, b))
}

fn is_one_of(written: &str, known: &[&str]) -> bool {
    known.iter().any(|known| is_same(written, known))
}

/// Whether a key names parent classes.
pub(super) fn is_parent(key: &str) -> bool {
    is_one_of(key, &PARENTS)
}

/// Whether a key states a relation wherever it stands.
pub(super) fn is_relation(key: &str) -> bool {
    is_one_of(key, &RELATIONS)
}

/// Whether every key with links states a relation in a section of this title.
pub(super) fn is_relation_section(title: &str) -> bool {
    let letters = title.chars().filter(|c| c.is_ascii_alphabetic());
    let title: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    RELATION_SECTIONS.iter().any(|section| title.ends_with(section))
}

/// The kind of OWL property that a key declares.
pub(super) fn declared_kind(key: &str) -> Option<OwlPropertyKind> {
    let local = key.strip_prefix("owl:").unwrap_or(key);
    DECLARATIONS.iter().find(|(known, _)| is_same(local, known)).map(|(_, kind)| *kind)
}

/// Whether a key says more about an OWL property that was just declared.
pub(super) fn is_detail(key: &str) -> bool {
    is_domain(key) || is_range(key) || Field::of(key) == Some(Field::Label)
}

/// Whether a key names the domain of an OWL property.
pub(super) fn is_domain(key: &str) -> bool {
    is_one_of(key, &["domain", "rdfs:domain"])
}

/// Whether a key names the range of an OWL property.
pub(super) fn is_range(key: &str) -> bool {
    is_one_of(key, &["range", "rdfs:range"])
}

/// Whether a key lists other names for a class.
pub(super) fn is_alternative(key: &str) -> bool {
    is_one_of(key, &ALTERNATIVES)
}

/// Whether a key names the page besides its file.
pub(super) fn is_alias(key: &str) -> bool {
    is_title(key) || is_one_of(key, &ALIASES)
}

/// Whether a key's value is one name, and no list.
pub(super) fn is_title(key: &str) -> bool {
    is_same(key, TITLE)
}

/// Whether Logseq keeps its own books under a key.
pub(super) fn is_logseq(key: &str) -> bool {
    is_one_of(key, &LOGSEQ)
}

/// Whether a key alone says that its page describes a term.
pub(super) fn marks_term(key: &str) -> bool {
    let own = matches!(Field::of(key), Some(Field::TermId | Field::PreferredTerm | Field::Class));
    own || is_parent(key)
}

/// Whether the format knows a key.
pub(super) fn is_known(key: &str) -> bool {
    Field::of(key).is_some() || is_parent(key) || is_relation(key) || is_alternative(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_separators_of_a_key_do_not_matter() {
        assert_eq!(Field::of("owl_class"), Some(Field::Class));
        assert_eq!(Field::of("Term-ID"), Some(Field::TermId));
        assert!(is_parent("RDFS:subclassof"));
        assert!(!is_same("owl:classes", "owl:class"));
    }

    #[test]
    fn every_field_has_a_key_that_leads_back_to_it() {
        for (_, field) in FIELDS {
            assert_eq!(Field::of(field.key()), Some(field));
        }
    }
}
