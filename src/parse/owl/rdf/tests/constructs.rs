//! Every axiom and every expression of OWL 2, whose kinds are declared.

use super::{axioms, check, stated, turtle};

const DECLARED: &str = "\
    ex:A a owl:Class . ex:B a owl:Class . ex:C a owl:Class . ex:D a rdfs:Datatype . \
    ex:p a owl:ObjectProperty . ex:q a owl:ObjectProperty . \
    ex:d a owl:DatatypeProperty . ex:e a owl:DatatypeProperty . \
    ex:n a owl:AnnotationProperty . ex:m a owl:AnnotationProperty . ";

fn check_declared(cases: &[(&str, &[&str])]) {
    let texts: Vec<String> = cases.iter().map(|(text, _)| format!("{DECLARED}{text}")).collect();
    let cases: Vec<_> =
        texts.iter().zip(cases).map(|(text, (_, expected))| (text.as_str(), *expected)).collect();
    check(&cases);
}

#[test]
fn declarations_are_told_by_types() {
    let text = "ex:A a owl:Class . ex:B a rdfs:Class . ex:D a rdfs:Datatype . ex:R a owl:DataRange . \
        ex:p a owl:ObjectProperty . ex:d a owl:DatatypeProperty . ex:n a owl:AnnotationProperty . \
        ex:o a owl:OntologyProperty . ex:i a owl:NamedIndividual .";
    let expected = [
        "Declaration(Class(ex:A))",
        "Declaration(Class(ex:B))",
        "Declaration(Datatype(ex:D))",
        "Declaration(Datatype(ex:R))",
        "Declaration(ObjectProperty(ex:p))",
        "Declaration(DataProperty(ex:d))",
        "Declaration(AnnotationProperty(ex:n))",
        "Declaration(AnnotationProperty(ex:o))",
        "Declaration(NamedIndividual(ex:i))",
    ];
    assert_eq!(stated(&turtle(text)), expected);
}

#[test]
fn what_is_deprecated_is_declared_and_annotated() {
    let text = "ex:A a owl:DeprecatedClass . ex:p a owl:ObjectProperty , owl:DeprecatedProperty .";
    let expected = [
        "Declaration(Class(ex:A))",
        "Declaration(ObjectProperty(ex:p))",
        "AnnotationAssertion(owl:deprecated ex:A \"true\"^^xsd:boolean)",
        "AnnotationAssertion(owl:deprecated ex:p \"true\"^^xsd:boolean)",
    ];
    assert_eq!(stated(&turtle(text)), expected);
}

#[test]
fn the_header_names_the_ontology_its_version_its_imports_and_its_annotations() {
    check(&[
        (
            "ex:o a owl:Ontology ; owl:versionIRI ex:o1 ; owl:imports ex:other ; \
             rdfs:label \"O\"@EN ; owl:versionInfo \"1\" .",
            &[
                "Ontology(<http://example.org/o> <http://example.org/o1>)",
                "Import(<http://example.org/other>)",
                "Annotation(rdfs:label \"O\"@en)",
                "Annotation(owl:versionInfo \"1\")",
            ],
        ),
        ("[] a owl:Ontology ; rdfs:label \"x\" .", &["Annotation(rdfs:label \"x\")"]),
    ]);
}

#[test]
fn of_several_ontologies_the_one_that_is_not_imported_is_the_document() {
    let text = "ex:i a owl:Ontology . ex:o a owl:Ontology ; owl:imports ex:i .";
    let expected = [
        "Ontology(<http://example.org/o>)",
        "Import(<http://example.org/i>)",
        "?(ex:i rdf:type owl:Ontology)",
    ];
    assert_eq!(axioms(text), expected);
}

#[test]
fn axioms_on_classes() {
    check_declared(&[
        ("ex:A rdfs:subClassOf ex:B .", &["SubClassOf(ex:A ex:B)"]),
        ("ex:A owl:equivalentClass ex:B .", &["EquivalentClasses(ex:A ex:B)"]),
        ("ex:A owl:disjointWith ex:B .", &["DisjointClasses(ex:A ex:B)"]),
        ("ex:A owl:disjointUnionOf ( ex:B ex:C ) .", &["DisjointUnion(ex:A ex:B ex:C)"]),
        (
            "[] a owl:AllDisjointClasses ; owl:members ( ex:C ex:A ex:B ) .",
            &["DisjointClasses(ex:A ex:B ex:C)"],
        ),
        ("ex:A owl:hasKey ( ex:d ex:p ) .", &["HasKey(ex:A (ex:p) (ex:d))"]),
        (
            "[ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ] \
             rdfs:subClassOf ex:A .",
            &["SubClassOf(ObjectSomeValuesFrom(ex:p ex:B) ex:A)"],
        ),
        ("ex:D owl:equivalentClass xsd:int .", &["DatatypeDefinition(ex:D xsd:int)"]),
    ]);
}

#[test]
fn axioms_on_properties() {
    check_declared(&[
        ("ex:p rdfs:subPropertyOf ex:q .", &["SubObjectPropertyOf(ex:p ex:q)"]),
        ("ex:d rdfs:subPropertyOf ex:e .", &["SubDataPropertyOf(ex:d ex:e)"]),
        ("ex:n rdfs:subPropertyOf ex:m .", &["SubAnnotationPropertyOf(ex:n ex:m)"]),
        (
            "ex:p owl:propertyChainAxiom ( ex:q [ owl:inverseOf ex:p ] ) .",
            &["SubObjectPropertyOf(ObjectPropertyChain(ex:q ObjectInverseOf(ex:p)) ex:p)"],
        ),
        ("ex:p owl:equivalentProperty ex:q .", &["EquivalentObjectProperties(ex:p ex:q)"]),
        ("ex:d owl:equivalentProperty ex:e .", &["EquivalentDataProperties(ex:d ex:e)"]),
        ("ex:p owl:propertyDisjointWith ex:q .", &["DisjointObjectProperties(ex:p ex:q)"]),
        ("ex:d owl:propertyDisjointWith ex:e .", &["DisjointDataProperties(ex:d ex:e)"]),
        (
            "[] a owl:AllDisjointProperties ; owl:members ( ex:p ex:q ) .",
            &["DisjointObjectProperties(ex:p ex:q)"],
        ),
        ("ex:p rdfs:domain ex:A .", &["ObjectPropertyDomain(ex:p ex:A)"]),
        ("ex:d rdfs:domain ex:A .", &["DataPropertyDomain(ex:d ex:A)"]),
        ("ex:n rdfs:domain ex:A .", &["AnnotationPropertyDomain(ex:n ex:A)"]),
        ("ex:p rdfs:range ex:A .", &["ObjectPropertyRange(ex:p ex:A)"]),
        ("ex:d rdfs:range xsd:int .", &["DataPropertyRange(ex:d xsd:int)"]),
        ("ex:n rdfs:range xsd:int .", &["AnnotationPropertyRange(ex:n xsd:int)"]),
        ("ex:p owl:inverseOf ex:q .", &["InverseObjectProperties(ex:p ex:q)"]),
        ("ex:p a owl:FunctionalProperty .", &["FunctionalObjectProperty(ex:p)"]),
        ("ex:d a owl:FunctionalProperty .", &["FunctionalDataProperty(ex:d)"]),
        ("ex:p a owl:InverseFunctionalProperty .", &["InverseFunctionalObjectProperty(ex:p)"]),
        ("ex:p a owl:TransitiveProperty .", &["TransitiveObjectProperty(ex:p)"]),
        ("ex:p a owl:SymmetricProperty .", &["SymmetricObjectProperty(ex:p)"]),
        ("ex:p a owl:AsymmetricProperty .", &["AsymmetricObjectProperty(ex:p)"]),
        ("ex:p a owl:ReflexiveProperty .", &["ReflexiveObjectProperty(ex:p)"]),
        ("ex:p a owl:IrreflexiveProperty .", &["IrreflexiveObjectProperty(ex:p)"]),
        (
            "[ a owl:ObjectProperty ; owl:inverseOf ex:p ] rdfs:subPropertyOf ex:q .",
            &["SubObjectPropertyOf(ObjectInverseOf(ex:p) ex:q)"],
        ),
    ]);
}

#[test]
fn axioms_on_individuals() {
    check_declared(&[
        ("ex:i a ex:A .", &["ClassAssertion(ex:A ex:i)"]),
        ("ex:i a owl:Thing .", &["ClassAssertion(owl:Thing ex:i)"]),
        (
            "ex:i a [ a owl:Class ; owl:complementOf ex:A ] .",
            &["ClassAssertion(ObjectComplementOf(ex:A) ex:i)"],
        ),
        ("ex:i ex:p ex:j .", &["ObjectPropertyAssertion(ex:p ex:i ex:j)"]),
        ("ex:i ex:d 5 .", &["DataPropertyAssertion(ex:d ex:i \"5\"^^xsd:integer)"]),
        ("ex:i ex:n ex:j .", &["AnnotationAssertion(ex:n ex:i ex:j)"]),
        ("ex:i owl:sameAs ex:j .", &["SameIndividual(ex:i ex:j)"]),
        ("ex:i owl:differentFrom ex:j .", &["DifferentIndividuals(ex:i ex:j)"]),
        (
            "[] a owl:AllDifferent ; owl:members ( ex:i ex:j ex:k ) .",
            &["DifferentIndividuals(ex:i ex:j ex:k)"],
        ),
        (
            "[] a owl:AllDifferent ; owl:distinctMembers ( ex:i ex:j ) .",
            &["DifferentIndividuals(ex:i ex:j)"],
        ),
        (
            "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual ex:i ; \
             owl:assertionProperty ex:p ; owl:targetIndividual ex:j .",
            &["NegativeObjectPropertyAssertion(ex:p ex:i ex:j)"],
        ),
        (
            "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual ex:i ; \
             owl:assertionProperty ex:d ; owl:targetValue \"x\" .",
            &["NegativeDataPropertyAssertion(ex:d ex:i \"x\")"],
        ),
        (
            "_:y a ex:A . _:x ex:p _:y .",
            &["ClassAssertion(ex:A _:b0)", "ObjectPropertyAssertion(ex:p _:b1 _:b0)"],
        ),
    ]);
}

fn check_expressions(cases: &[(&str, &str)]) {
    for (expression, expected) in cases {
        let text = format!("{DECLARED} ex:A rdfs:subClassOf {expression} .");
        check(&[(&text, &[&format!("SubClassOf(ex:A {expected})")])]);
    }
}

#[test]
fn class_expressions() {
    check_expressions(&[
        ("[ a owl:Class ; owl:intersectionOf ( ex:C ex:B ) ]", "ObjectIntersectionOf(ex:B ex:C)"),
        ("[ owl:unionOf ( ex:B ex:C ) ]", "ObjectUnionOf(ex:B ex:C)"),
        ("[ a owl:Class ; owl:complementOf ex:B ]", "ObjectComplementOf(ex:B)"),
        ("[ a owl:Class ; owl:oneOf ( ex:j ex:i ) ]", "ObjectOneOf(ex:i ex:j)"),
        (
            "[ a owl:Class ; owl:unionOf ( ex:B [ owl:intersectionOf ( ex:C \
             [ a owl:Restriction ; owl:onProperty ex:p ; owl:allValuesFrom ex:A ] ) ] ) ]",
            "ObjectUnionOf(ObjectIntersectionOf(ObjectAllValuesFrom(ex:p ex:A) ex:C) ex:B)",
        ),
        ("[ owl:intersectionOf ( ) ]", "owl:Thing"),
        ("[ owl:unionOf ( ) ]", "owl:Nothing"),
        ("[ owl:unionOf ( ex:B ) ]", "ex:B"),
    ]);
}

#[test]
fn restrictions() {
    for (rest, expected) in [
        ("owl:onProperty ex:p ; owl:someValuesFrom ex:B", "ObjectSomeValuesFrom(ex:p ex:B)"),
        ("owl:onProperty ex:p ; owl:allValuesFrom ex:B", "ObjectAllValuesFrom(ex:p ex:B)"),
        ("owl:onProperty ex:p ; owl:hasValue ex:i", "ObjectHasValue(ex:p ex:i)"),
        ("owl:onProperty ex:p ; owl:hasSelf true", "ObjectHasSelf(ex:p)"),
        ("owl:onProperty ex:p ; owl:minCardinality 2", "ObjectMinCardinality(2 ex:p)"),
        ("owl:onProperty ex:p ; owl:maxCardinality 2", "ObjectMaxCardinality(2 ex:p)"),
        ("owl:onProperty ex:p ; owl:cardinality 2", "ObjectExactCardinality(2 ex:p)"),
        (
            "owl:onProperty ex:p ; owl:minQualifiedCardinality 2 ; owl:onClass ex:B",
            "ObjectMinCardinality(2 ex:p ex:B)",
        ),
        (
            "owl:onProperty ex:p ; owl:maxQualifiedCardinality 2 ; owl:onClass ex:B",
            "ObjectMaxCardinality(2 ex:p ex:B)",
        ),
        (
            "owl:onProperty ex:p ; owl:qualifiedCardinality \"2\"^^xsd:nonNegativeInteger ; \
             owl:onClass [ owl:complementOf ex:B ]",
            "ObjectExactCardinality(2 ex:p ObjectComplementOf(ex:B))",
        ),
        ("owl:onProperty ex:d ; owl:someValuesFrom xsd:int", "DataSomeValuesFrom(ex:d xsd:int)"),
        ("owl:onProperty ex:d ; owl:allValuesFrom ex:D", "DataAllValuesFrom(ex:d ex:D)"),
        ("owl:onProperty ex:d ; owl:hasValue \"x\"@en", "DataHasValue(ex:d \"x\"@en)"),
        ("owl:onProperty ex:d ; owl:minCardinality 2", "DataMinCardinality(2 ex:d)"),
        ("owl:onProperty ex:d ; owl:maxCardinality 2", "DataMaxCardinality(2 ex:d)"),
        ("owl:onProperty ex:d ; owl:cardinality 2", "DataExactCardinality(2 ex:d)"),
        (
            "owl:onProperty ex:d ; owl:minQualifiedCardinality 2 ; owl:onDataRange xsd:int",
            "DataMinCardinality(2 ex:d xsd:int)",
        ),
        (
            "owl:onProperty ex:d ; owl:maxQualifiedCardinality 2 ; owl:onDataRange xsd:int",
            "DataMaxCardinality(2 ex:d xsd:int)",
        ),
        (
            "owl:onProperty ex:d ; owl:qualifiedCardinality 2 ; owl:onDataRange xsd:int",
            "DataExactCardinality(2 ex:d xsd:int)",
        ),
        (
            "owl:onProperty [ owl:inverseOf ex:p ] ; owl:someValuesFrom ex:B ; a owl:Class",
            "ObjectSomeValuesFrom(ObjectInverseOf(ex:p) ex:B)",
        ),
    ] {
        check_expressions(&[(&format!("[ a owl:Restriction ; {rest} ]"), expected)]);
    }
}

#[test]
fn data_ranges() {
    for (range, expected) in [
        (
            "a rdfs:Datatype ; owl:intersectionOf ( xsd:int ex:D )",
            "DataIntersectionOf(ex:D xsd:int)",
        ),
        ("a rdfs:Datatype ; owl:unionOf ( xsd:int ex:D )", "DataUnionOf(ex:D xsd:int)"),
        ("owl:unionOf ( xsd:int ex:D )", "DataUnionOf(ex:D xsd:int)"),
        ("a rdfs:Datatype ; owl:datatypeComplementOf ex:D", "DataComplementOf(ex:D)"),
        ("a owl:DataRange ; owl:oneOf ( \"b\" \"a\" )", "DataOneOf(\"a\" \"b\")"),
        ("a rdfs:Datatype ; owl:unionOf ( )", "DataComplementOf(rdfs:Literal)"),
        (
            "a rdfs:Datatype ; owl:onDatatype xsd:int ; owl:withRestrictions \
             ( [ xsd:minInclusive 1 ] [ xsd:maxExclusive 9 ] )",
            "DatatypeRestriction(xsd:int xsd:minInclusive \"1\"^^xsd:integer xsd:maxExclusive \
             \"9\"^^xsd:integer)",
        ),
    ] {
        let text = format!("{DECLARED} ex:d rdfs:range [ {range} ] .");
        check(&[(&text, &[&format!("DataPropertyRange(ex:d {expected})")])]);
        let text = format!("{DECLARED} ex:D owl:equivalentClass [ {range} ] .");
        check(&[(&text, &[&format!("DatatypeDefinition(ex:D {expected})")])]);
    }
}

#[test]
fn a_name_with_a_definition_of_its_own_is_equivalent_to_it() {
    check_declared(&[
        ("ex:A owl:unionOf ( ex:B ex:C ) .", &["EquivalentClasses(ex:A ObjectUnionOf(ex:B ex:C))"]),
        ("ex:A owl:complementOf ex:B .", &["EquivalentClasses(ex:A ObjectComplementOf(ex:B))"]),
        ("ex:A owl:oneOf ( ex:i ) .", &["EquivalentClasses(ex:A ObjectOneOf(ex:i))"]),
        (
            "ex:D owl:oneOf ( 1 2 ) .",
            &["DatatypeDefinition(ex:D DataOneOf(\"1\"^^xsd:integer \"2\"^^xsd:integer))"],
        ),
        (
            "ex:R a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:A .",
            &["EquivalentClasses(ex:R ObjectSomeValuesFrom(ex:p ex:A))"],
        ),
    ]);
}
