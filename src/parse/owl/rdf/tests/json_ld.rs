//! JSON-LD documents: the same graphs as in Turtle, and contexts that nothing is fetched for.

use super::*;
use crate::parse::Contexts;

fn contexts() -> Contexts {
    let document = r#"{"@context": {"ex": "http://example.org/", "label": "rdfs:label",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}}"#;
    Contexts::new([("http://example.org/context.jsonld".to_owned(), document.to_owned())].into())
}

fn json_ld(text: &str) -> Result<(Ontology, Vec<Diagnostic>), Rejection> {
    document(text, Syntax::JsonLd(&contexts()))
}

fn refused(text: &str) -> Rejection {
    json_ld(text).expect_err("a rejection")
}

const CONTEXT: &str = r#""@context": {"ex": "http://example.org/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "below": {"@id": "rdfs:subClassOf", "@type": "@id"}}"#;

#[test]
fn a_document_states_what_its_turtle_states() {
    let text = format!(
        r#"{{{CONTEXT}, "@graph": [
          {{"@id": "http://example.org/water", "@type": "owl:Ontology"}},
          {{"@id": "ex:Dam", "@type": "owl:Class", "rdfs:label": {{"@value": "Dam", "@language": "en"}},
            "below": ["ex:Wall", {{"@type": "owl:Restriction", "owl:onProperty": {{"@id": "ex:holds"}},
              "owl:someValuesFrom": {{"@id": "ex:Lake"}}}}]}},
          {{"@id": "ex:holds", "@type": "owl:ObjectProperty"}},
          {{"@id": "ex:Sides", "owl:unionOf": {{"@list": [{{"@id": "ex:A"}}, {{"@id": "ex:B"}}]}}}}
        ]}}"#
    );
    let (ontology, findings) = json_ld(&text).expect("a document");
    let same = turtle(
        "<http://example.org/water> a owl:Ontology . ex:Dam a owl:Class ; rdfs:label \"Dam\"@en ; \
         rdfs:subClassOf ex:Wall , [ a owl:Restriction ; owl:onProperty ex:holds ; \
         owl:someValuesFrom ex:Lake ] . ex:holds a owl:ObjectProperty . \
         ex:Sides owl:unionOf ( ex:A ex:B ) .",
    );
    let sorted = |ontology: &Ontology| {
        let mut all = stated(ontology);
        all.sort();
        all
    };
    assert_eq!(sorted(&ontology), sorted(&same));
    assert_eq!(findings, []);
}

#[test]
fn a_triple_stands_on_a_line_of_its_node() {
    let node = |name: &str| format!("{{\"@id\": \"ex:{name}\",\n\"@type\": \"owl:Class\"\n}}");
    let text = format!("{{{CONTEXT},\n\"@graph\": [\n{},\n{}]}}", node("A"), node("B"));
    let (ontology, _) = json_ld(&text).expect("a document");
    let lines: Vec<_> = ontology.declarations.iter().map(|it| it.line).collect();
    let last = text.lines().count() as u32;
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| (5..=last).contains(line)), "{lines:?}");
}

#[test]
fn a_given_context_is_used_and_an_unknown_one_is_refused_with_its_address() {
    let text = |address: &str| {
        format!(
            "{{\"@context\": \"http://example.org/{address}\", \"@id\": \"ex:a\", \"label\": \"A\"}}"
        )
    };
    assert_eq!(json_ld(&text("context.jsonld")).expect("a document").0.axioms.len(), 1);
    let refused = refused(&text("other.jsonld"));
    assert_eq!(refused.code, "unknown_context");
    assert!(refused.message.contains("http://example.org/other.jsonld"), "{}", refused.message);
    let nested = "{\"@context\": [{\"@import\": \"http://example.org/none\"}], \"@id\": \"urn:a\"}";
    assert_eq!(super::json_ld::refused(nested).code, "unknown_context");
}

#[test]
fn broken_json_is_refused_with_its_place() {
    let refused = refused("{\n  \"@id\": \"http://x/a\",,\n}");
    assert_eq!(refused.code, "bad_json_ld");
    assert!(refused.message.starts_with("line 2, column 23: "), "{}", refused.message);
}

#[test]
fn a_document_without_triples_is_read() {
    let (ontology, _) = json_ld("{\"@context\": {}}").expect("a document");
    assert!(ontology.is_empty());
}

#[test]
fn hostile_documents_meet_a_limit() {
    let deep = "[".repeat(2_000) + &"]".repeat(2_000);
    assert_eq!(refused(&deep).code, "nested_too_deep");
    let long = format!("{{\"http://x/p\": \"{}\"}}", "x".repeat(9 << 20));
    assert_eq!(refused(&long).code, "literal_too_long");
    let open = "{\"http://x/p\": ".repeat(1_000);
    assert_eq!(refused(&open).code, "bad_json_ld");
    let endless = r#"{"@context": "http://example.org/context.jsonld", "@id": "_:a", "ex:p": {"@id": "_:a"}}"#;
    assert!(json_ld(endless).is_ok());
}
