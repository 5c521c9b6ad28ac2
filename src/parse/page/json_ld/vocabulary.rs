//! The vocabulary of JSON-LD pages: what its keys, types and predicates mean.
//!
//! One table each. The built-in context that a JSON-LD processor is given is made of them.

use std::borrow::Cow;

use crate::iri::local_name;
use crate::record::SUBCLASS_OF;

/// Addresses under which pages cite the vocabulary's context. Only the first was ever published;
/// nothing is fetched from any.
pub(super) const ADDRESSES: [&str; 3] = [
    "https://narrativegoldmine.com/ns/v2.jsonld",
    "https://narrativegoldmine.com/context/v1.jsonld",
    "https://narrativegoldmine.com/ns/v1",
];

/// The namespace of the vocabulary's own terms.
pub(super) const VC: &str = "https://narrativegoldmine.com/ns/v1#";

/// Where keys lie that no context defines: they are kept as written.
pub(super) const UNDEFINED: &str = "urn:driftless:key:";

/// The prefixes of the context, with their namespaces. Another prefix is looked for in the
/// prefix table of the source.
pub(super) const PREFIXES: [(&str, &str); 9] = [
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("vc", VC),
    ("ngm", "https://narrativegoldmine.com/class/"),
    ("ngmi", "https://narrativegoldmine.com/individual/"),
];

/// What a key says of a page, a class or an individual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Label,
    /// Another name.
    AlternativeLabel,
    Definition,
    Title,
    Slug,
    Public,
    SchemaVersion,
    Wikilinks,
    SubClassOf,
    InstanceOf,
    Relations,
    SameAs,
    Domain,
    Maturity,
    Quality,
    LegacyProperties,
    Provenance,
    Identifier,
    PlainGloss,
}

/// Keys with the prefix and the local name of their IRIs. The first one of a term is the usual.
const TERMS: [(&str, Term, &str, &str); 23] = [
    ("label", Term::Label, "rdfs", "label"),
    ("altLabel", Term::AlternativeLabel, "skos", "altLabel"),
    ("definition", Term::Definition, "rdfs", "comment"),
    ("", Term::Definition, "skos", "definition"),
    ("title", Term::Title, "vc", "title"),
    ("slug", Term::Slug, "vc", "slug"),
    ("public", Term::Public, "vc", "public"),
    ("schemaVersion", Term::SchemaVersion, "vc", "schemaVersion"),
    ("outboundWikilinks", Term::Wikilinks, "vc", "outboundWikilinks"),
    ("wikilinks", Term::Wikilinks, "vc", "wikilink"),
    ("subClassOf", Term::SubClassOf, "rdfs", "subClassOf"),
    ("instanceOf", Term::InstanceOf, "rdf", "type"),
    ("relations", Term::Relations, "vc", "relations"),
    ("sameAs", Term::SameAs, "owl", "sameAs"),
    ("domain", Term::Domain, "vc", "sourceDomain"),
    ("maturity", Term::Maturity, "vc", "maturity"),
    ("quality", Term::Quality, "vc", "quality"),
    ("qualityScore", Term::Quality, "vc", "qualityScore"),
    ("legacyProperties", Term::LegacyProperties, "vc", "legacyProperty"),
    ("", Term::LegacyProperties, "vc", "legacyProperties"),
    ("provenance", Term::Provenance, "prov", "qualifiedGeneration"),
    ("termId", Term::Identifier, "vc", "termId"),
    ("plainGloss", Term::PlainGloss, "vc", "plainGloss"),
];

/// Terms whose values name things by IRI.
const NAMING: [Term; 4] = [Term::Wikilinks, Term::SubClassOf, Term::InstanceOf, Term::SameAs];

/// The predicates of `relations`: as the context spells them, by what pages of other generations
/// call them, and the prefix and local name of their IRIs.
const PREDICATES: [(&str, &str, &str, &str); 12] = [
    ("relatedTo", "relates-to", "skos", "related"),
    ("enables", "enables", "vc", "enables"),
    ("requires", "requires", "vc", "requires"),
    ("uses", "uses", "vc", "uses"),
    ("bridgesTo", "bridges-to", "vc", "bridgesTo"),
    ("supports", "supports", "vc", "supports"),
    ("hasPart", "has-part", "vc", "hasPart"),
    ("contrastsWith", "contrasts-with", "vc", "contrastsWith"),
    ("partOf", "is-part-of", "vc", "isPartOf"),
    ("dependsOn", "depends-on", "vc", "dependsOn"),
    ("implements", "implements", "vc", "implements"),
    ("standardizedBy", "standardized-by", "vc", "standardizedBy"),
];

/// Other spellings of a predicate, in kebab case.
const SPELLINGS: [(&str, &str); 13] = [
    ("subclass-of", SUBCLASS_OF),
    ("sub-class-of", SUBCLASS_OF),
    ("is-subclass-of", SUBCLASS_OF),
    ("is-sub-class-of", SUBCLASS_OF),
    ("is-a", SUBCLASS_OF),
    ("related-to", "relates-to"),
    ("related", "relates-to"),
    ("relates-to", "relates-to"),
    ("is-related-to", "relates-to"),
    ("part-of", "is-part-of"),
    ("is-part-of", "is-part-of"),
    ("standardised-by", "standardized-by"),
    ("contrast-with", "contrasts-with"),
];

/// Types, with the prefix and local name of their IRIs.
const TYPES: [(&str, Type, &str, &str); 5] = [
    ("Page", Type::Page, "vc", "Page"),
    ("Class", Type::Class, "owl", "Class"),
    ("OntologyClass", Type::Class, "vc", "OntologyClass"),
    ("Individual", Type::Individual, "owl", "NamedIndividual"),
    ("LinkResolutionsAnnotation", Type::Annotation, "vc", "LinkResolutionsAnnotation"),
];

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    /// The page itself.
    Page,
    Class,
    Individual,
    /// What a tool notes of the links it followed; no statement comes of it.
    Annotation,
}

/// Domains that the vocabulary knows.
pub(super) const DOMAINS: [&str; 16] = [
    "ai",
    "artificial-intelligence",
    "blockchain",
    "data",
    "distributed-collaboration",
    "distributed-systems",
    "finance",
    "governance",
    "infrastructure",
    "machine-learning",
    "metaverse",
    "robotics",
    "security",
    "spatial-computing",
    "standards",
    "supply-chain",
];

/// Stages of a concept that the vocabulary knows.
pub(super) const MATURITIES: [&str; 4] = ["draft", "emerging", "mature", "established"];

/// The version of the vocabulary that pages state.
pub(super) const SCHEMA_VERSION: &str = "2";

/// What a key means.
pub(super) fn term(key: &str) -> Option<Term> {
    let (prefix, local) = split(key);
    let is_meant = |(short, _, of, name): &&(&str, Term, &str, &str)| {
        means((prefix, local), short, (of, name))
    };
    TERMS.iter().find(is_meant).map(|(_, term, ..)| *term)
}

/// What a type means.
pub(super) fn node_type(written: &str) -> Option<Type> {
    let (prefix, local) = split(written);
    let is_meant = |(short, _, of, name): &&(&str, Type, &str, &str)| {
        means((prefix, local), short, (of, name))
    };
    TYPES.iter().find(is_meant).map(|(_, meant, ..)| *meant)
}

/// A predicate as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Predicate {
    pub(super) name: Cow<'static, str>,
    pub(super) spelling: Spelling,
}

/// How a predicate is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As the context has it.
    Usual,
    /// Otherwise, and still plainly that one.
    Other,
    /// The vocabulary does not have it.
    Unknown,
}

/// The predicate that a key of `relations` states; nothing for a key without letters.
pub(super) fn predicate(key: &str) -> Option<Predicate> {
    let (prefix, local) = split(key);
    let is_usual = |(short, _, of, name): &&(&str, &str, &str, &str)| {
        means((prefix, local), short, (of, name))
    };
    if let Some((_, name, ..)) = PREDICATES.iter().find(is_usual) {
        return Some(Predicate { name: Cow::Borrowed(name), spelling: Spelling::Usual });
    }
    let kebab = kebab(if local.contains("//") { local_name(local) } else { local });
    let known = SPELLINGS.iter().find(|(spelling, _)| kebab == *spelling).map(|(_, name)| *name);
    let known = known.or_else(|| {
        PREDICATES.iter().find(|(_, name, ..)| kebab == *name).map(|(_, name, ..)| *name)
    });
    match known {
        Some(name) => Some(Predicate { name: Cow::Borrowed(name), spelling: Spelling::Other }),
        None if kebab.is_empty() => None,
        None => Some(Predicate { name: Cow::Owned(kebab), spelling: Spelling::Unknown }),
    }
}

/// Whether a prefix and a local name mean the key `short`, whose IRI has the other pair. Pages
/// write the vocabulary's own prefix before any of its keys.
fn means((prefix, local): (&str, &str), short: &str, iri: (&str, &str)) -> bool {
    let is_short = !local.is_empty() && local == short;
    match prefix {
        "" => is_short,
        "vc" => is_short || iri == (prefix, local),
        _ => iri == (prefix, local),
    }
}

/// A whole key without its namespace or prefix; the prefix is one of [`PREFIXES`] or empty.
fn split(key: &str) -> (&str, &str) {
    if let Some(local) = key.strip_prefix(UNDEFINED) {
        return ("", local);
    }
    match key.split_once(':') {
        None => ("", key),
        Some((prefix, local)) if !local.starts_with("//") => (prefix, local),
        Some(_) => PREFIXES
            .iter()
            .find_map(|(prefix, namespace)| Some((*prefix, key.strip_prefix(namespace)?)))
            .unwrap_or(("", key)),
    }
}

/// A key as older pages write theirs: `hasPart`, `bridges To` and `has_part_2` become `has-part`,
/// `bridges-to` and `has-part`.
fn kebab(key: &str) -> String {
    let key = match key.rsplit_once('_') {
        Some((stem, number)) if !stem.is_empty() && is_number(number) => stem,
        _ => key,
    };
    let mut out = String::with_capacity(key.len() + 4);
    let mut characters = key.chars().peekable();
    let mut previous = None;
    while let Some(c) = characters.next() {
        if !c.is_alphanumeric() {
            previous = None;
            continue;
        }
        let begins_word = match previous {
            None => true,
            Some(before) => is_word_start(before, c, characters.peek().copied()),
        };
        if begins_word && !out.is_empty() {
            out.push('-');
        }
        out.extend(c.to_lowercase());
        previous = Some(c);
    }
    out
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word begins with a capital: after a small letter, or as the last of several.
fn is_word_start(before: char, c: char, after: Option<char>) -> bool {
    c.is_uppercase() && (!before.is_uppercase() || after.is_some_and(char::is_lowercase))
}

/// The context of the vocabulary as JSON-LD has it, for processors that need one: with what it does
/// not define kept as it is written, or left out as JSON-LD has it.
pub(super) fn context(keeps_undefined: bool) -> serde_json::Value {
    let named = |prefix: &str, local: &str| serde_json::json!({ "@id": format!("{prefix}:{local}"), "@type": "@id", "@container": "@set" });
    let mut context = serde_json::Map::new();
    context.insert("@version".into(), serde_json::json!(1.1));
    if keeps_undefined {
        context.insert("@vocab".into(), UNDEFINED.into());
    }
    for (prefix, namespace) in PREFIXES {
        let prefixing = serde_json::json!({ "@id": namespace, "@prefix": true });
        context.insert(prefix.into(), prefixing);
    }
    for (short, _, prefix, local) in TYPES.iter().filter(|(short, ..)| !short.is_empty()) {
        context.insert((*short).into(), format!("{prefix}:{local}").into());
    }
    for (short, term, prefix, local) in TERMS.iter().filter(|(short, ..)| !short.is_empty()) {
        let value = match term {
            _ if NAMING.contains(term) => named(prefix, local),
            _ => format!("{prefix}:{local}").into(),
        };
        context.insert((*short).into(), value);
    }
    let relations: serde_json::Map<_, _> = PREDICATES
        .iter()
        .map(|(short, _, prefix, local)| ((*short).into(), named(prefix, local)))
        .collect();
    let scoped = serde_json::json!({ "@id": "vc:relations", "@context": relations });
    context.insert("relations".into(), scoped);
    serde_json::json!({ "@context": context })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(key: &str) -> (String, Spelling) {
        let Predicate { name, spelling } = predicate(key).expect("a predicate");
        (name.into_owned(), spelling)
    }

    #[test]
    fn a_key_is_known_alone_behind_a_prefix_and_as_a_whole_iri() {
        for key in
            ["subClassOf", "rdfs:subClassOf", "http://www.w3.org/2000/01/rdf-schema#subClassOf"]
        {
            assert_eq!(term(key), Some(Term::SubClassOf), "{key}");
        }
        assert_eq!(term("vc:title"), Some(Term::Title));
        assert_eq!(term(&format!("{VC}slug")), Some(Term::Slug));
        assert_eq!(term("rdfs:domain"), None);
        assert_eq!(term("colour"), None);
        assert_eq!(term(""), None);
    }

    #[test]
    fn predicates_are_named_as_older_pages_name_them() {
        for (key, name) in [
            ("hasPart", "has-part"),
            ("partOf", "is-part-of"),
            ("vc:isPartOf", "is-part-of"),
            ("relatedTo", "relates-to"),
            ("http://www.w3.org/2004/02/skos/core#related", "relates-to"),
        ] {
            assert_eq!(named(key), (name.to_owned(), Spelling::Usual), "{key}");
        }
    }

    #[test]
    fn other_spellings_of_a_predicate_fold_and_unknown_ones_stay() {
        for (key, name) in [
            ("depends-on", "depends-on"),
            ("has_part", "has-part"),
            ("bridges To", "bridges-to"),
            ("relatedTo_2", "relates-to"),
            ("subClassOf", SUBCLASS_OF),
            ("isSubclassOf", SUBCLASS_OF),
            ("Has-Part", "has-part"),
        ] {
            assert_eq!(named(key), (name.to_owned(), Spelling::Other), "{key}");
        }
        assert_eq!(named("produces"), ("produces".to_owned(), Spelling::Unknown));
        assert_eq!(named("isMeasuredByGPS"), ("is-measured-by-gps".to_owned(), Spelling::Unknown));
        assert_eq!(predicate("--"), None);
    }

    #[test]
    fn every_predicate_of_the_context_is_told_from_every_other() {
        let names: std::collections::BTreeSet<_> =
            PREDICATES.iter().map(|(short, ..)| named(short).0).collect();
        assert_eq!(names.len(), PREDICATES.len());
    }
}
