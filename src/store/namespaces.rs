//! Namespaces: whether the ontology that an IRI belongs to is here, or only imported.
//!
//! An ontology's namespace is its IRI; nothing is known of IRIs that break with this custom.

use std::collections::HashMap;

use rusqlite::Row;

use super::StoreError;
use super::read::Reader;
use crate::iri::built_in_iri;

/// Whose terms are used everywhere without an import, beside those that no ontology can do
/// without.
const VOCABULARIES: [&str; 8] = [
    "http://purl.org/dc/",
    "http://purl.org/vocab/vann/",
    "http://protege.stanford.edu/plugins/owl/protege#",
    "http://www.geneontology.org/formats/oboInOwl#",
    "http://www.w3.org/ns/prov#",
    "http://xmlns.com/foaf/0.1/",
    "https://schema.org/",
    // The properties for annotations of the ontology of information artifacts.
    "http://purl.obolibrary.org/obo/IAO_00001",
];

/// Endings of documents that namespaces lack.
const ENDINGS: [&str; 2] = [".owl", ".obo"];

/// What an IRI belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Belonging<'a> {
    /// An ontology that is here.
    Here(&'a str),
    /// An ontology that is imported and not here.
    Absent(&'a str),
    /// A vocabulary that everybody knows.
    Vocabulary,
    /// Nothing that is known.
    Nowhere,
}

/// The namespaces of ontologies.
#[derive(Debug, Default)]
pub(super) struct Namespaces {
    /// By the namespace without its last separator: the ontology, and whether it is here.
    ontologies: HashMap<String, (String, bool)>,
}

impl Namespaces {
    /// Those of all that is stored.
    pub(super) fn of(reader: &Reader) -> Result<Self, StoreError> {
        let read = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?));
        Ok(reader.list(sql!("rule_namespaces"), &[], read)?.into_iter().collect())
    }

    /// What a whole IRI belongs to: the ontology with the longest namespace that fits.
    pub(super) fn belonging(&self, iri: &str) -> Belonging<'_> {
        let spaces = std::iter::successors(parent(iri), |space| parent(space));
        let known = id_space(iri)
            .and_then(|space| self.ontologies.get(&space))
            .or_else(|| spaces.into_iter().find_map(|space| self.ontologies.get(space)));
        let is_vocabulary =
            || built_in_iri(iri).is_some() || VOCABULARIES.iter().any(|it| iri.starts_with(it));
        match known {
            Some((ontology, true)) => Belonging::Here(ontology),
            _ if is_vocabulary() => Belonging::Vocabulary,
            Some((ontology, false)) => Belonging::Absent(ontology),
            None => Belonging::Nowhere,
        }
    }
}

/// Ontologies by their IRIs, and whether each is here.
impl FromIterator<(String, bool)> for Namespaces {
    fn from_iter<T: IntoIterator<Item = (String, bool)>>(ontologies: T) -> Self {
        let mut namespaces = Self::default();
        for (iri, is_here) in ontologies {
            let space = iri.trim_end_matches(['#', '/']);
            let short = ENDINGS.iter().find_map(|ending| space.strip_suffix(ending));
            for space in std::iter::once(space).chain(short) {
                let known = namespaces.ontologies.entry(space.to_owned());
                let known = known.or_insert_with(|| (iri.clone(), is_here));
                if is_here && !known.1 {
                    *known = (iri.clone(), true);
                }
            }
        }
        namespaces
    }
}

/// What stands before the last separator of an IRI.
fn parent(iri: &str) -> Option<&str> {
    iri.rfind(['#', '/', ':']).map(|at| &iri[..at])
}

/// The namespace of `.../GO_0008150`, as ontologies of OBO have it: `.../go`.
fn id_space(iri: &str) -> Option<String> {
    let space = parent(iri)?;
    let (name, number) = iri[space.len() + 1..].split_once('_')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let separator = &iri[space.len()..=space.len()];
    is_number.then(|| format!("{space}{separator}{}", name.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belonging(iri: &str) -> String {
        let namespaces: Namespaces = [
            ("http://example.org/waterways", true),
            ("http://example.org/waterways/charts#", false),
            ("http://purl.obolibrary.org/obo/go.owl", true),
            ("http://purl.obolibrary.org/obo/ro.owl", false),
            ("http://www.w3.org/2004/02/skos/core", false),
            ("urn:harbour", false),
            ("urn:harbour", true),
        ]
        .into_iter()
        .map(|(iri, is_here)| (iri.to_owned(), is_here))
        .collect();
        format!("{:?}", namespaces.belonging(iri))
    }

    #[test]
    fn an_iri_belongs_to_the_ontology_with_the_longest_namespace() {
        for (iri, expected) in [
            ("http://example.org/waterways#Dam", r#"Here("http://example.org/waterways")"#),
            ("http://example.org/waterways/a/Dam", r#"Here("http://example.org/waterways")"#),
            (
                "http://example.org/waterways/charts#Chart",
                r#"Absent("http://example.org/waterways/charts#")"#,
            ),
            ("http://example.org/waterwaysDam", "Nowhere"),
            ("http://example.org/Dam", "Nowhere"),
            ("Dam", "Nowhere"),
        ] {
            assert_eq!(belonging(iri), expected, "{iri}");
        }
    }

    #[test]
    fn numbered_terms_belong_to_the_ontology_that_they_are_named_for() {
        let of = |term: &str| belonging(&format!("http://purl.obolibrary.org/obo/{term}"));
        assert_eq!(of("GO_0008150"), r#"Here("http://purl.obolibrary.org/obo/go.owl")"#);
        assert_eq!(of("RO_0000052"), r#"Absent("http://purl.obolibrary.org/obo/ro.owl")"#);
        assert_eq!(of("RO_other"), "Nowhere");
        assert_eq!(of("IAO_0000115"), "Vocabulary");
    }

    #[test]
    fn a_vocabulary_that_is_imported_and_not_here_is_known_all_the_same() {
        assert_eq!(belonging("http://www.w3.org/2004/02/skos/core#note"), "Vocabulary");
        assert_eq!(belonging("http://purl.org/dc/elements/1.1/title"), "Vocabulary");
    }

    #[test]
    fn an_ontology_that_is_here_is_not_absent_however_it_is_imported() {
        assert_eq!(belonging("urn:harbour:Quay"), r#"Here("urn:harbour")"#);
    }
}
