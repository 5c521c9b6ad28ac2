//! IRIs: prefixes, and the namespaces this engine makes identifiers in.
//!
//! A class's identity is its expanded IRI; people read the compact form. Nothing is
//! decoded or resolved here: an IRI is a token and is kept as written.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::fingerprint::Digest;

/// Where IRIs of stubs lie. No page can claim one.
pub const STUB_NAMESPACE: &str = "urn:driftless:stub:";
/// Where IRIs lie that are made for pages that state no class.
pub const PAGE_NAMESPACE: &str = "urn:driftless:page:";

/// What relative IRIs are resolved against where a document does not say. It says nothing of where
/// the document lies, so that an item which moves keeps its names.
pub(crate) const RELATIVE_NAMESPACE: &str = "urn:driftless:document:/";

/// Prefixes of the page format, and those of the vocabularies every ontology uses.
const DEFAULT_PREFIXES: [(&str, &str); 12] = [
    ("ai", "http://narrativegoldmine.com/ai#"),
    ("bc", "http://narrativegoldmine.com/blockchain#"),
    ("rb", "http://narrativegoldmine.com/robotics#"),
    ("mv", "http://narrativegoldmine.com/metaverse#"),
    ("tc", "http://narrativegoldmine.com/telecollaboration#"),
    ("dt", "http://narrativegoldmine.com/disruptive-tech#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("dcterms", "http://purl.org/dc/terms/"),
];

/// Namespaces whose terms are known to everybody: never stubs.
const BUILT_IN: [&str; 6] = [
    "http://www.w3.org/2002/07/owl#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2001/XMLSchema#",
    "http://www.w3.org/2004/02/skos/core#",
    "http://purl.org/dc/terms/",
];

/// An identifier in both forms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iri {
    /// The identity: the whole IRI, or the prefixed name as written if its prefix is unknown.
    pub expanded: String,
    /// What people read: `prefix:local` where a prefix fits.
    pub compact: String,
}

impl Iri {
    /// What the IRI is named by where names are looked up: itself, or its form in brackets where
    /// it would be taken for a name behind a prefix.
    pub fn name(&self) -> &str {
        if self.compact.starts_with('<') { &self.compact } else { &self.expanded }
    }

    /// The IRI as functional syntax has it: compact where its local part needs no brackets.
    pub fn functional(&self) -> String {
        let mut out = String::new();
        self.write_functional(&mut out);
        out
    }

    /// Writes what [`Self::functional`] gives.
    pub fn write_functional(&self, out: &mut String) {
        let is_compact = self.compact != self.expanded
            && self.compact.split_once(':').is_some_and(|(_, local)| is_plain_local(local));
        if is_compact {
            out.push_str(&self.compact);
        } else {
            out.extend(["<", &self.expanded, ">"]);
        }
    }
}

/// Whether what follows the colon of a compact IRI can stand in functional syntax as it is.
fn is_plain_local(local: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    local.chars().all(is_plain) && !local.ends_with('.') && !local.starts_with(['-', '.'])
}

impl FromIterator<(String, String)> for PrefixTable {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(prefixes: T) -> Self {
        Self(prefixes.into_iter().collect())
    }
}

/// Which prefix stands for which namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PrefixTable(BTreeMap<String, String>);

impl Default for PrefixTable {
    fn default() -> Self {
        let owned = |(prefix, namespace): (&str, &str)| (prefix.to_owned(), namespace.to_owned());
        Self(DEFAULT_PREFIXES.into_iter().map(owned).collect())
    }
}

impl PrefixTable {
    /// Adds a prefix, or gives it another namespace.
    pub fn insert(&mut self, prefix: impl Into<String>, namespace: impl Into<String>) {
        self.0.insert(prefix.into(), namespace.into());
    }

    /// What `prefix` stands for.
    pub fn namespace(&self, prefix: &str) -> Option<&str> {
        self.0.get(prefix).map(String::as_str)
    }

    /// Every prefix with its namespace, in the order of the prefixes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }

    /// Whether the table knows `prefix`.
    pub fn knows(&self, prefix: &str) -> bool {
        self.0.contains_key(prefix)
    }

    /// Reads `mv:Dam`, `<http://example.org/Dam>` or `http://example.org/Dam`. What stands in
    /// brackets is whole: `<mv:Dam>` is another IRI than `mv:Dam`.
    ///
    /// A prefixed name whose prefix is unknown is kept as written, in both forms.
    pub fn read(&self, written: &str) -> Iri {
        let token = written.trim();
        if let Some(whole) = token.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
            return self.whole(whole);
        }
        let expanded = match token.split_once(':') {
            Some((prefix, local)) => match self.0.get(prefix) {
                Some(namespace) => format!("{namespace}{local}"),
                None => token.to_owned(),
            },
            None => token.to_owned(),
        };
        let compact = self.compact(&expanded);
        Iri { expanded, compact }
    }

    /// An IRI that is known to be whole.
    pub fn whole(&self, expanded: &str) -> Iri {
        Iri { expanded: expanded.to_owned(), compact: self.compact(expanded) }
    }

    /// The shortest way to write `expanded`: by the longest namespace that fits, the
    /// first prefix in alphabetical order where two share it; else unchanged, but in brackets
    /// where it would be taken for a name behind a prefix.
    fn compact(&self, expanded: &str) -> String {
        let fitting = self.0.iter().filter(|(_, namespace)| expanded.starts_with(*namespace));
        // `max_by_key` keeps the last of equals; reversed, that is the first prefix.
        match fitting.rev().max_by_key(|(_, namespace)| namespace.len()) {
            Some((prefix, namespace)) => format!("{prefix}:{}", &expanded[namespace.len()..]),
            None if expanded.split_once(':').is_some_and(|(scheme, _)| self.knows(scheme)) => {
                format!("<{expanded}>")
            }
            None => expanded.to_owned(),
        }
    }

    /// The digest of the whole table, part of the configuration version.
    pub fn digest(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        for (prefix, namespace) in &self.0 {
            for part in [prefix, namespace] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part.as_bytes());
            }
        }
        hasher.finalize().into()
    }
}

/// The term of a built-in vocabulary that `written` names: `owl:Thing` under its usual
/// prefix, or any such term by its full IRI. Other spellings of it are ordinary names.
pub fn built_in(written: &str) -> Option<Iri> {
    // Every form of every term has a colon, and hardly any name has.
    memchr::memchr(b':', written.as_bytes())?;
    known_term(USUAL.read(written))
}

/// The term of a built-in vocabulary that has this very IRI.
pub fn built_in_iri(expanded: &str) -> Option<Iri> {
    known_term(USUAL.whole(expanded))
}

/// The prefixes that everybody knows.
static USUAL: LazyLock<PrefixTable> = LazyLock::new(PrefixTable::default);

fn known_term(iri: Iri) -> Option<Iri> {
    let known = BUILT_IN.iter().any(|namespace| {
        iri.expanded.strip_prefix(namespace).is_some_and(|local| {
            !local.is_empty() && local.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
    });
    known.then_some(iri)
}

/// Whether a name is a whole IRI and not one behind a prefix.
pub(crate) fn is_whole(name: &str) -> bool {
    let Some((scheme, rest)) = name.split_once(':') else { return false };
    let is_scheme = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let is_iri = rest.starts_with("//") || matches!(scheme, "urn" | "did");
    is_scheme && is_iri && !name.contains(char::is_whitespace)
}

/// The IRI that a name is, if it is one and not a word or a name behind a prefix.
pub(crate) fn named(name: &str) -> Option<&str> {
    let bracketed = name.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    match bracketed {
        Some(iri) => (iri.contains(':') && !iri.contains(char::is_whitespace)).then_some(iri),
        None => is_whole(name).then_some(name),
    }
}

/// What follows the last `#`, `/` or `:` of an IRI.
pub(crate) fn local_name(iri: &str) -> &str {
    iri.rsplit(['#', '/', ':']).next().unwrap_or(iri)
}

/// The IRI of the stub for a name; different for different exact names.
pub fn stub_iri(exact_name: &str) -> String {
    made_iri(STUB_NAMESPACE, exact_name)
}

/// The IRI of a page's class where the page states none.
pub fn page_iri(exact_name: &str) -> String {
    made_iri(PAGE_NAMESPACE, exact_name)
}

/// An IRI made of a name; different for different names.
pub fn made_iri(namespace: &str, name: &str) -> String {
    // What RFC 3986 keeps, and letters beyond ASCII as in an IRI; `%` itself is encoded.
    let is_kept = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    format!("{namespace}{}", percent_encoded(name, is_kept))
}

/// Percent-encodes the bytes of all characters but those that are kept.
pub(crate) fn percent_encoded(text: &str, mut is_kept: impl FnMut(char) -> bool) -> String {
    use std::fmt::Write;

    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_kept(c) {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefixed_name_and_its_full_iri_are_one_identity() {
        let table = PrefixTable::default();
        let short = table.read("mv:Dam");
        assert_eq!(short, table.read("<http://narrativegoldmine.com/metaverse#Dam>"));
        assert_eq!(short.compact, "mv:Dam");
    }

    #[test]
    fn an_iri_that_looks_like_a_prefixed_name_is_another_identity() {
        let table = PrefixTable::default();
        let whole = table.whole("mv:Dam");
        assert_eq!((whole.expanded.as_str(), whole.compact.as_str()), ("mv:Dam", "<mv:Dam>"));
        assert_eq!((table.read("<mv:Dam>"), whole.functional()), (whole, "<mv:Dam>".to_owned()));
    }

    #[test]
    fn an_unknown_prefix_is_kept_as_written() {
        let iri = PrefixTable::default().read("aigo:Agent");
        assert_eq!((iri.expanded.as_str(), iri.compact.as_str()), ("aigo:Agent", "aigo:Agent"));
    }

    #[test]
    fn the_whole_token_belongs_to_the_iri() {
        let iri = PrefixTable::default().read("mv:Größe.(v2)#a%20b");
        assert_eq!(iri.compact, "mv:Größe.(v2)#a%20b");
    }

    #[test]
    fn of_two_prefixes_for_one_namespace_the_first_in_the_alphabet_is_shown() {
        let mut table = PrefixTable::default();
        table.insert("zz", "http://narrativegoldmine.com/metaverse#");
        table.insert("aa", "http://narrativegoldmine.com/metaverse#");
        assert_eq!(table.read("zz:Dam").compact, "aa:Dam");
    }

    #[test]
    fn built_in_terms_are_known_by_prefix_and_by_iri_and_plain_words_are_not() {
        assert_eq!(built_in("owl:Thing").map(|iri| iri.compact).as_deref(), Some("owl:Thing"));
        assert!(built_in("http://www.w3.org/2002/07/owl#Thing").is_some());
        assert_eq!((built_in("<owl:Thing>"), built_in_iri("owl:Thing")), (None, None));
        assert_eq!(built_in("Thing"), None);
        assert_eq!(built_in("mv:Thing"), None);
    }

    #[test]
    fn stubs_of_different_names_differ() {
        let names = ["Power Plant", "power-plant", "Power%20Plant", "Power+Plant", "powerplant"];
        let iris: std::collections::BTreeSet<_> = names.iter().map(|name| stub_iri(name)).collect();
        assert_eq!(iris.len(), names.len());
    }

    #[test]
    fn a_local_name_follows_the_last_separator() {
        assert_eq!(local_name("http://example.org/a#Dam"), "Dam");
        assert_eq!(local_name("aigo:Agent"), "Agent");
        assert_eq!(local_name("Dam"), "Dam");
    }
}
