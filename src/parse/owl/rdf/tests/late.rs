//! Kinds of properties that another item may declare, and kinds that a document says twice.

use super::{axioms, check, check_stated, turtle};

#[test]
fn what_a_document_does_not_say_stays_open() {
    let cases: &[(&str, &[&str])] = &[
        ("ex:i ex:p ex:j .", &["?PropertyAssertion(ex:p ex:i ex:j) ?ex:p"]),
        ("ex:i ex:p 5 .", &["?PropertyAssertion(ex:p ex:i \"5\"^^xsd:integer) ?ex:p"]),
        ("ex:p rdfs:subPropertyOf ex:q .", &["Sub?PropertyOf(ex:p ex:q) ?ex:p"]),
        ("ex:p owl:equivalentProperty ex:q .", &["Equivalent?Properties(ex:p ex:q) ?ex:p"]),
        ("ex:p owl:propertyDisjointWith ex:q .", &["Disjoint?Properties(ex:p ex:q) ?ex:p"]),
        (
            "[] a owl:AllDisjointProperties ; owl:members ( ex:p ex:q ) .",
            &["Disjoint?Properties(ex:p ex:q) ?ex:p"],
        ),
        ("ex:p rdfs:domain ex:A .", &["?PropertyDomain(ex:p ex:A) ?ex:p"]),
        ("ex:p rdfs:range ex:A .", &["?PropertyRange(ex:p ex:A) ?ex:p"]),
        ("ex:p rdfs:range xsd:int .", &["?PropertyRange(ex:p xsd:int) ?ex:p"]),
        ("ex:p a owl:FunctionalProperty .", &["Functional?Property(ex:p) ?ex:p"]),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:someValuesFrom ex:B ] .",
            &["SubClassOf(ex:A ?SomeValuesFrom(ex:p ex:B)) ?ex:p"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:allValuesFrom ex:B ] .",
            &["SubClassOf(ex:A ?AllValuesFrom(ex:p ex:B)) ?ex:p"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:minCardinality 1 ] .",
            &["SubClassOf(ex:A ?MinCardinality(1 ex:p)) ?ex:p"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxCardinality 1 ] .",
            &["SubClassOf(ex:A ?MaxCardinality(1 ex:p)) ?ex:p"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:cardinality 1 ] .",
            &["SubClassOf(ex:A ?ExactCardinality(1 ex:p)) ?ex:p"],
        ),
    ];
    check_stated(cases);
    for (text, _) in cases {
        let triples = turtle(text).triples.expect("triples");
        assert_eq!((triples.awaiting, triples.untyped), (triples.read, 0), "{text}");
    }
}

#[test]
fn what_a_property_is_used_with_may_decide() {
    check(&[
        (
            "ex:B a owl:Class . ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:someValuesFrom ex:B ] .",
            &["SubClassOf(ex:A ObjectSomeValuesFrom(ex:p ex:B))"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:someValuesFrom xsd:int ] .",
            &["SubClassOf(ex:A DataSomeValuesFrom(ex:p xsd:int))"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:allValuesFrom [ owl:complementOf ex:B ] ] .",
            &["SubClassOf(ex:A ObjectAllValuesFrom(ex:p ObjectComplementOf(ex:B)))"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:hasValue \"x\" ] .",
            &["SubClassOf(ex:A DataHasValue(ex:p \"x\"))"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:hasValue ex:i ] .",
            &["SubClassOf(ex:A ObjectHasValue(ex:p ex:i))"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:qualifiedCardinality 1 ; owl:onClass ex:B ] .",
            &["SubClassOf(ex:A ObjectExactCardinality(1 ex:p ex:B))"],
        ),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:minQualifiedCardinality 1 ; owl:onDataRange ex:D ] .",
            &["SubClassOf(ex:A DataMinCardinality(1 ex:p ex:D))"],
        ),
        ("ex:p owl:inverseOf ex:q .", &["InverseObjectProperties(ex:p ex:q)"]),
        (
            "ex:p a owl:TransitiveProperty ; rdfs:domain ex:A .",
            &["TransitiveObjectProperty(ex:p)", "ObjectPropertyDomain(ex:p ex:A)"],
        ),
        (
            "ex:q a owl:DatatypeProperty . ex:p rdfs:subPropertyOf ex:q .",
            &["SubDataPropertyOf(ex:p ex:q)"],
        ),
        ("ex:p rdfs:subPropertyOf rdfs:label .", &["SubAnnotationPropertyOf(ex:p rdfs:label)"]),
        (
            "ex:p rdfs:range [ a owl:Class ; owl:unionOf ( ex:A ex:B ) ] .",
            &["ObjectPropertyRange(ex:p ObjectUnionOf(ex:A ex:B))"],
        ),
    ]);
}

#[test]
fn of_two_declared_kinds_the_use_chooses() {
    let dual = "ex:p a owl:ObjectProperty , owl:DatatypeProperty , owl:AnnotationProperty . ";
    for (text, expected) in [
        ("ex:i ex:p ex:j .", "ObjectPropertyAssertion(ex:p ex:i ex:j)"),
        ("ex:i ex:p \"x\" .", "DataPropertyAssertion(ex:p ex:i \"x\")"),
        ("ex:C a owl:Class ; ex:p \"x\" .", "AnnotationAssertion(ex:p ex:C \"x\")"),
        ("ex:p rdfs:range xsd:int .", "DataPropertyRange(ex:p xsd:int)"),
        ("ex:p rdfs:range ex:A .", "ObjectPropertyRange(ex:p ex:A)"),
    ] {
        assert_eq!(axioms(&format!("{dual}{text}")), [expected], "{text}");
    }
}

#[test]
fn declarations_go_before_what_a_vocabulary_usually_means() {
    check_stated(&[
        (
            "dcterms:creator a owl:ObjectProperty . ex:i dcterms:creator ex:j .",
            &["ObjectPropertyAssertion(dcterms:creator ex:i ex:j)"],
        ),
        ("ex:i dcterms:creator ex:j .", &["AnnotationAssertion(dcterms:creator ex:i ex:j)"]),
        (
            "ex:A rdfs:subClassOf [ owl:onProperty dcterms:creator ; owl:someValuesFrom ex:B ] .",
            &["SubClassOf(ex:A ?SomeValuesFrom(dcterms:creator ex:B)) ?dcterms:creator"],
        ),
        (
            "ex:i skos:broader \"x\" .",
            &["?PropertyAssertion(skos:broader ex:i \"x\") ?skos:broader"],
        ),
    ]);
}

#[test]
fn what_contradicts_a_declaration_is_kept_as_it_stands() {
    check_stated(&[
        ("ex:p a owl:ObjectProperty . ex:i ex:p \"x\" .", &["?(ex:i ex:p \"x\")"]),
        ("ex:d a owl:DatatypeProperty . ex:i ex:d ex:j .", &["?(ex:i ex:d ex:j)"]),
        (
            "ex:d a owl:DatatypeProperty , owl:TransitiveProperty .",
            &["?(ex:d rdf:type owl:TransitiveProperty)"],
        ),
        (
            "ex:p a owl:ObjectProperty . ex:d a owl:DatatypeProperty ; rdfs:subPropertyOf ex:p .",
            &["?(ex:d rdfs:subPropertyOf ex:p)"],
        ),
    ]);
}
