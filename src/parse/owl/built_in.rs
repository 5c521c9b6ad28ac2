//! What terms are that every ontology may use without declaring them.

use super::vocabulary::{OBO, OBO_IN_OWL, RDF, RDFS, SKOS, XSD};
use crate::owl::EntityKind;

pub(super) const OWL: &str = "http://www.w3.org/2002/07/owl#";
const DC: &str = "http://purl.org/dc/elements/1.1/";
const DCTERMS: &str = "http://purl.org/dc/terms/";
const PROV: &str = "http://www.w3.org/ns/prov#";

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
        return is_information(local).then_some(AnnotationProperty);
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

/// Properties of the Information Artifact Ontology that OBO documents annotate with.
fn is_information(local: &str) -> bool {
    local.starts_with("IAO_00001")
        || matches!(
            local,
            "IAO_0000231"
                | "IAO_0000232"
                | "IAO_0000233"
                | "IAO_0000234"
                | "IAO_0000412"
                | "IAO_0000424"
                | "IAO_0000425"
                | "IAO_0000589"
                | "IAO_0100001"
        )
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
