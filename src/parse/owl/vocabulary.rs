//! Terms that every ontology may use without declaring them.

use crate::owl::EntityKind;

/// What an annotation says of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Label,
    Comment,
    Alternative,
}

pub(super) const OWL: &str = "http://www.w3.org/2002/07/owl#";
pub(super) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
pub(super) const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
pub(super) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const SKOS: &str = "http://www.w3.org/2004/02/skos/core#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const DCTERMS: &str = "http://purl.org/dc/terms/";
const PROV: &str = "http://www.w3.org/ns/prov#";
const OBO_IN_OWL: &str = "http://www.geneontology.org/formats/oboInOwl#";
const OBO: &str = "http://purl.obolibrary.org/obo/";

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
    (property.strip_prefix(OBO_IN_OWL) == Some("hasExactSynonym"))
        .then_some((Meaning::Alternative, 0))
}

/// What a term is that needs no declaration.
pub(super) fn built_in_kind(iri: &str) -> Option<EntityKind> {
    use EntityKind::{AnnotationProperty, Class, DataProperty, Datatype, ObjectProperty};

    if iri.starts_with(XSD) {
        return Some(Datatype);
    }
    if let Some(local) = iri.strip_prefix(OWL) {
        return match local {
            "Thing" | "Nothing" => Some(Class),
            "topObjectProperty" | "bottomObjectProperty" => Some(ObjectProperty),
            "topDataProperty" | "bottomDataProperty" => Some(DataProperty),
            "real" | "rational" => Some(Datatype),
            "backwardCompatibleWith"
            | "deprecated"
            | "incompatibleWith"
            | "priorVersion"
            | "versionInfo" => Some(AnnotationProperty),
            _ => None,
        };
    }
    if let Some(local) = iri.strip_prefix(RDFS) {
        return match local {
            "comment" | "isDefinedBy" | "label" | "seeAlso" => Some(AnnotationProperty),
            "Literal" => Some(Datatype),
            _ => None,
        };
    }
    if let Some(local) = iri.strip_prefix(RDF) {
        return matches!(local, "PlainLiteral" | "XMLLiteral" | "langString").then_some(Datatype);
    }
    if let Some(local) = iri.strip_prefix(SKOS) {
        return skos_kind(local);
    }
    if let Some(local) = iri.strip_prefix(OBO) {
        return local.starts_with("IAO_00001").then_some(AnnotationProperty);
    }
    let is_annotation = [DC, DCTERMS, OBO_IN_OWL].iter().any(|space| iri.starts_with(space))
        || iri.strip_prefix(PROV).is_some_and(is_provenance);
    is_annotation.then_some(AnnotationProperty)
}

fn skos_kind(local: &str) -> Option<EntityKind> {
    Some(match local {
        "Concept" | "ConceptScheme" | "Collection" | "OrderedCollection" => EntityKind::Class,
        "broader" | "narrower" | "related" | "broaderTransitive" | "narrowerTransitive"
        | "semanticRelation" | "inScheme" | "hasTopConcept" | "topConceptOf" | "member"
        | "memberList" | "mappingRelation" | "exactMatch" | "closeMatch" | "broadMatch"
        | "narrowMatch" | "relatedMatch" => EntityKind::ObjectProperty,
        "altLabel" | "changeNote" | "definition" | "editorialNote" | "example" | "hiddenLabel"
        | "historyNote" | "note" | "prefLabel" | "scopeNote" => EntityKind::AnnotationProperty,
        "notation" => EntityKind::DataProperty,
        _ => return None,
    })
}

/// Properties of PROV that ontologies annotate with.
fn is_provenance(local: &str) -> bool {
    matches!(
        local,
        "wasAttributedTo"
            | "wasDerivedFrom"
            | "wasGeneratedBy"
            | "wasQuotedFrom"
            | "wasRevisionOf"
            | "hadPrimarySource"
            | "generatedAtTime"
            | "invalidatedAtTime"
            | "definition"
            | "editorialNote"
            | "editorsDefinition"
    )
}
