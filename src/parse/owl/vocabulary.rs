//! Vocabularies that every ontology uses, and what their annotations say of an entity.

/// What an annotation says of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Label,
    Comment,
    Alternative,
}

pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
pub(super) const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
pub(super) const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
pub(super) const OBO_IN_OWL: &str = "http://www.geneontology.org/formats/oboInOwl#";
pub(super) const DC: &str = "http://purl.org/dc/elements/1.1/";
pub(super) const DC_TERMS: &str = "http://purl.org/dc/terms/";
pub(super) const OBO: &str = "http://purl.obolibrary.org/obo/";

/// What is said by an annotation property of that IRI, and how far behind others of its kind
/// it stands: the smallest is shown.
pub(super) fn meaning(property: &str) -> Option<(Meaning, u8)> {
    if let Some(local) = property.strip_prefix(RDFS) {
        return match local {
            "label" => Some((Meaning::Label, 0)),
            "comment" => Some((Meaning::Comment, 2)),
            _ => None,
        };
    }
    if let Some(local) = property.strip_prefix(SKOS) {
        return match local {
            "prefLabel" => Some((Meaning::Label, 1)),
            "definition" => Some((Meaning::Comment, 0)),
            "altLabel" => Some((Meaning::Alternative, 0)),
            _ => None,
        };
    }
    if let Some(local) = property.strip_prefix(OBO) {
        return match local {
            "IAO_0000115" => Some((Meaning::Comment, 1)),
            "IAO_0000118" => Some((Meaning::Alternative, 0)),
            _ => None,
        };
    }
    for dublin_core in [DC, DC_TERMS] {
        match property.strip_prefix(dublin_core) {
            Some("title") => return Some((Meaning::Label, 2)),
            Some("description" | "abstract") => return Some((Meaning::Comment, 3)),
            _ => {}
        }
    }
    (property.strip_prefix(OBO_IN_OWL) == Some("hasExactSynonym"))
        .then_some((Meaning::Alternative, 0))
}
