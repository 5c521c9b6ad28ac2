//! Annotated axioms: nodes that name a triple and say something of it.

use super::super::Syntax;
use super::{check, check_stated, document, stated, turtle};

#[test]
fn an_annotated_axiom_takes_the_plain_triple() {
    check(&[(
        "ex:A rdfs:subClassOf ex:B . [] a owl:Axiom ; owl:annotatedSource ex:A ; \
         owl:annotatedProperty rdfs:subClassOf ; owl:annotatedTarget ex:B ; \
         rdfs:comment \"why\" ; ex:n ex:x .",
        &["SubClassOf(Annotation(ex:n ex:x) Annotation(rdfs:comment \"why\") ex:A ex:B)"],
    )]);
}

#[test]
fn an_annotated_axiom_may_lack_the_plain_triple() {
    check(&[(
        "[] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:label ; \
         owl:annotatedTarget \"A\"@en ; rdfs:comment \"why\" .",
        &["AnnotationAssertion(Annotation(rdfs:comment \"why\") rdfs:label ex:A \"A\"@en)"],
    )]);
}

#[test]
fn several_nodes_on_one_triple_are_several_axioms() {
    check(&[(
        "ex:A rdfs:subClassOf ex:B . \
         [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:subClassOf ; \
         owl:annotatedTarget ex:B ; rdfs:comment \"1\" . \
         [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:subClassOf ; \
         owl:annotatedTarget ex:B ; rdfs:comment \"2\" .",
        &[
            "SubClassOf(Annotation(rdfs:comment \"1\") ex:A ex:B)",
            "SubClassOf(Annotation(rdfs:comment \"2\") ex:A ex:B)",
        ],
    )]);
}

#[test]
fn annotations_may_be_annotated() {
    check(&[(
        "ex:A rdfs:subClassOf ex:B . \
         _:x a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:subClassOf ; \
         owl:annotatedTarget ex:B ; rdfs:comment \"1\" . \
         [] a owl:Annotation ; owl:annotatedSource _:x ; owl:annotatedProperty rdfs:comment ; \
         owl:annotatedTarget \"1\" ; rdfs:label \"2\" .",
        &["SubClassOf(Annotation(Annotation(rdfs:label \"2\") rdfs:comment \"1\") ex:A ex:B)"],
    )]);
}

#[test]
fn a_declaration_is_kept_once_with_all_that_is_said_of_it() {
    let text = "ex:A a owl:Class . \
        [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdf:type ; \
        owl:annotatedTarget owl:Class ; rdfs:comment \"1\" . \
        [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdf:type ; \
        owl:annotatedTarget owl:Class ; rdfs:comment \"2\" .";
    let expected =
        ["Declaration(Annotation(rdfs:comment \"1\") Annotation(rdfs:comment \"2\") Class(ex:A))"];
    assert_eq!(stated(&turtle(text)), expected);
}

#[test]
fn axioms_with_a_node_of_their_own_are_annotated_on_it() {
    check(&[
        (
            "[] a owl:AllDifferent ; owl:members ( ex:i ex:j ) ; rdfs:comment \"why\" .",
            &["DifferentIndividuals(Annotation(rdfs:comment \"why\") ex:i ex:j)"],
        ),
        (
            "ex:o a owl:Ontology ; rdfs:label \"O\" . [] a owl:Axiom ; owl:annotatedSource ex:o ; \
             owl:annotatedProperty rdfs:label ; owl:annotatedTarget \"O\" ; rdfs:comment \"why\" .",
            &[
                "Ontology(<http://example.org/o>)",
                "Annotation(Annotation(rdfs:comment \"why\") rdfs:label \"O\")",
            ],
        ),
    ]);
}

#[test]
fn a_node_may_share_an_expression_with_its_axiom_or_repeat_it() {
    let shared = "ex:A rdfs:subClassOf _:r . _:r owl:onProperty ex:p ; owl:hasValue ex:i . \
        [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:subClassOf ; \
        owl:annotatedTarget _:r ; rdfs:comment \"why\" .";
    let repeated = "ex:A rdfs:subClassOf [ owl:onProperty ex:p ; owl:hasValue ex:i ] , \
        [ owl:onProperty ex:p ; owl:hasValue ex:j ] . \
        [] a owl:Axiom ; owl:annotatedSource ex:A ; owl:annotatedProperty rdfs:subClassOf ; \
        owl:annotatedTarget [ owl:onProperty ex:p ; owl:hasValue ex:i ] ; rdfs:comment \"why\" .";
    let annotated = "SubClassOf(Annotation(rdfs:comment \"why\") ex:A ObjectHasValue(ex:p ex:i))";
    check(&[
        (shared, &[annotated]),
        (repeated, &[annotated, "SubClassOf(ex:A ObjectHasValue(ex:p ex:j))"]),
    ]);
}

#[test]
fn nodes_that_annotate_nothing_that_is_read_are_kept_as_they_stand() {
    check_stated(&[
        (
            "[] a owl:Axiom ; owl:annotatedSource ex:A ; rdfs:comment \"1\" .",
            &[
                "?(_:b0 rdf:type owl:Axiom)",
                "?(_:b0 owl:annotatedSource ex:A)",
                "?(_:b0 rdfs:comment \"1\")",
            ],
        ),
        (
            "ex:o owl:imports ex:i . _:x a owl:Axiom ; owl:annotatedSource ex:o ; \
             owl:annotatedProperty owl:imports ; owl:annotatedTarget ex:i ; rdfs:comment \"1\" .",
            &[
                "Import(<http://example.org/i>)",
                "?(_:b0 rdf:type owl:Axiom)",
                "?(_:b0 owl:annotatedSource ex:o)",
                "?(_:b0 owl:annotatedProperty owl:imports)",
                "?(_:b0 owl:annotatedTarget ex:i)",
                "?(_:b0 rdfs:comment \"1\")",
            ],
        ),
        (
            "_:x a owl:Annotation ; owl:annotatedSource _:y ; owl:annotatedProperty rdfs:label ; \
             owl:annotatedTarget \"1\" ; rdfs:comment \"2\" . \
             _:y a owl:Annotation ; owl:annotatedSource _:x ; owl:annotatedProperty rdfs:comment ; \
             owl:annotatedTarget \"2\" ; rdfs:label \"1\" .",
            &[
                "?(_:b0 rdf:type owl:Annotation)",
                "?(_:b0 owl:annotatedSource _:b1)",
                "?(_:b0 owl:annotatedProperty rdfs:label)",
                "?(_:b0 owl:annotatedTarget \"1\")",
                "?(_:b0 rdfs:comment \"2\")",
                "?(_:b1 rdf:type owl:Annotation)",
                "?(_:b1 owl:annotatedSource _:b0)",
                "?(_:b1 owl:annotatedProperty rdfs:comment)",
                "?(_:b1 owl:annotatedTarget \"2\")",
                "?(_:b1 rdfs:label \"1\")",
            ],
        ),
    ]);
}

#[test]
fn rdf_xml_gives_the_lines_on_which_elements_begin() {
    let text = r##"<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [ <!ENTITY owl "http://www.w3.org/2002/07/owl#" > ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#" xmlns:owl="&owl;"
     xmlns:ex="http://example.org/" xml:base="http://example.org/o">
  <owl:Ontology rdf:about=""/>
  <owl:Class rdf:about="A">
    <rdfs:subClassOf>
      <owl:Class>
        <owl:unionOf rdf:parseType="Collection">
          <rdf:Description rdf:about="B"/>
          <owl:Class rdf:ID="C"/>
        </owl:unionOf>
      </owl:Class>
    </rdfs:subClassOf>
    <rdfs:label xml:lang="de">ein
      A</rdfs:label>
  </owl:Class>
</rdf:RDF>
"##;
    let (ontology, findings) = document(text, Syntax::RdfXml).expect("RDF/XML");
    let expected = [
        "Ontology(<http://example.org/o>)",
        "Declaration(Class(ex:A))",
        "Declaration(Class(<http://example.org/o#C>))",
        "SubClassOf(ex:A ObjectUnionOf(<http://example.org/o#C> ex:B))",
        "AnnotationAssertion(rdfs:label ex:A \"ein\n      A\"@de)",
    ];
    assert_eq!(stated(&ontology), expected);
    let lines = ontology.declarations.iter().map(|it| it.line);
    let lines: Vec<_> = lines.chain(ontology.axioms.iter().map(|axiom| axiom.line)).collect();
    assert_eq!(lines, [7, 12, 8, 16]);
    assert_eq!(findings, []);
}

#[test]
fn a_node_that_repeats_a_structure_annotates_the_triple_that_has_it() {
    let kinds = "ex:p a owl:ObjectProperty . ex:r a owl:ObjectProperty . \
        ex:s a owl:ObjectProperty . ex:d a owl:DatatypeProperty . ";
    let note = |source: &str, property: &str, target: &str| {
        format!(
            "{source} {property} {target} . [] a owl:Axiom ; owl:annotatedSource {source} ; \
             owl:annotatedProperty {property} ; owl:annotatedTarget {target} ; \
             rdfs:comment \"why\" ."
        )
    };
    let some = "[ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:B ]";
    for (source, property, target, axiom) in [
        (
            "ex:s",
            "owl:propertyChainAxiom",
            "( ex:p ex:r )",
            "SubObjectPropertyOf(_ ObjectPropertyChain(ex:p ex:r) ex:s)",
        ),
        ("ex:U", "owl:disjointUnionOf", "( ex:A ex:B )", "DisjointUnion(_ ex:U ex:A ex:B)"),
        ("ex:U", "owl:hasKey", "( ex:p ex:d )", "HasKey(_ ex:U (ex:p) (ex:d))"),
        (
            "ex:p",
            "rdfs:subPropertyOf",
            "[ owl:inverseOf ex:r ]",
            "SubObjectPropertyOf(_ ex:p ObjectInverseOf(ex:r))",
        ),
        (some, "rdfs:subClassOf", "ex:A", "SubClassOf(_ ObjectSomeValuesFrom(ex:p ex:B) ex:A)"),
        (
            some,
            "rdfs:subClassOf",
            some,
            "SubClassOf(_ ObjectSomeValuesFrom(ex:p ex:B) \
            ObjectSomeValuesFrom(ex:p ex:B))",
        ),
    ] {
        let text = format!("{kinds}{}", note(source, property, target));
        let axiom = axiom.replace('_', "Annotation(rdfs:comment \"why\")");
        check(&[(&text, &[&axiom])]);
    }
}
