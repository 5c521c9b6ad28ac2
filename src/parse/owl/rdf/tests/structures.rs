//! Structures that are shared, broken or said twice, and the accounts of their triples.

use super::super::Syntax;
use super::{HEAD, axioms, check, check_stated, document, turtle};
use crate::owl::Triples;

#[test]
fn an_expression_that_two_axioms_share_belongs_to_both_and_counts_once() {
    check(&[(
        "ex:A rdfs:subClassOf _:x . ex:B rdfs:subClassOf _:x . _:x owl:complementOf ex:C .",
        &["SubClassOf(ex:A ObjectComplementOf(ex:C))", "SubClassOf(ex:B ObjectComplementOf(ex:C))"],
    )]);
}

#[test]
fn what_is_said_twice_counts_as_repeated() {
    let text = "ex:A rdfs:subClassOf ex:B . ex:A rdfs:subClassOf ex:B . \
        ex:A owl:equivalentClass ex:B . ex:B owl:equivalentClass ex:A . ex:i a rdfs:Class , owl:Class .";
    let expected = ["SubClassOf(ex:A ex:B)", "EquivalentClasses(ex:A ex:B)"];
    assert_eq!(axioms(text), expected);
    let triples = Triples { read: 6, typed: 3, repeated: 3, ..Triples::default() };
    assert_eq!(turtle(text).triples, Some(triples));
}

#[test]
fn what_says_only_that_it_is_a_property_adds_nothing_to_its_declaration() {
    check(&[("ex:p a owl:ObjectProperty , rdf:Property .", &[])]);
    check_stated(&[("ex:p a rdf:Property .", &["?(ex:p rdf:type rdf:Property)"])]);
}

#[test]
fn broken_lists_are_kept_as_they_stand() {
    for list in [
        "_:l rdf:first ex:B .",
        "_:l rdf:first ex:B ; rdf:rest _:l .",
        "_:l rdf:first ex:B ; rdf:rest rdf:nil , _:m . _:m rdf:first ex:C ; rdf:rest rdf:nil .",
        "_:l rdf:first ex:B , ex:C ; rdf:rest rdf:nil .",
        "_:l rdf:rest rdf:nil .",
        "_:l rdf:first ex:B ; rdf:rest ex:C .",
    ] {
        let text = format!("ex:A owl:unionOf _:l . {list}");
        let triples = turtle(&text).triples.expect("triples");
        assert_eq!(triples.untyped, triples.read, "{text}");
    }
}

#[test]
fn what_a_structure_does_not_need_is_kept_beside_it() {
    check_stated(&[
        (
            "ex:A rdfs:subClassOf [ owl:complementOf ex:B ; rdfs:label \"x\" ] .",
            &["SubClassOf(ex:A ObjectComplementOf(ex:B))", "?(_:b0 rdfs:label \"x\")"],
        ),
        (
            "ex:A owl:unionOf _:l . _:l a rdf:List ; rdf:first ex:B ; rdf:rest rdf:nil ; ex:n 1 .",
            &["EquivalentClasses(ex:A ex:B)", "?(_:b0 ex:n \"1\"^^xsd:integer)"],
        ),
    ]);
}

#[test]
fn restrictions_without_a_property_or_with_two_meanings_are_kept_as_they_stand() {
    for restriction in [
        "a owl:Restriction ; owl:someValuesFrom ex:B",
        "owl:onProperty ex:p",
        "owl:onProperty ex:p , ex:q ; owl:someValuesFrom ex:B",
        "owl:onProperty ex:p ; owl:someValuesFrom ex:B ; owl:allValuesFrom ex:B",
        "owl:onProperty ex:p ; owl:someValuesFrom \"x\"",
        "owl:onProperty ex:p ; owl:cardinality \"many\"",
        "owl:onProperty ex:p ; owl:hasSelf false",
        "owl:onProperty ex:p ; owl:qualifiedCardinality 1 ; owl:onClass ex:B ; owl:onDataRange ex:D",
    ] {
        let text = format!("ex:A rdfs:subClassOf [ {restriction} ] .");
        let triples = turtle(&text).triples.expect("triples");
        assert_eq!(triples.untyped, triples.read, "{text}");
    }
}

#[test]
fn unknown_words_of_owl_and_reified_statements_are_kept_as_they_stand() {
    check_stated(&[
        ("ex:A owl:subClass ex:B .", &["?(ex:A owl:subClass ex:B)"]),
        ("ex:A a owl:Klass .", &["?(ex:A rdf:type owl:Klass)"]),
        (
            "[] a rdf:Statement ; rdf:subject ex:A .",
            &["?(_:b0 rdf:type rdf:Statement)", "?(_:b0 rdf:subject ex:A)"],
        ),
        ("ex:A rdfs:subClassOf \"x\" .", &["?(ex:A rdfs:subClassOf \"x\")"]),
    ]);
}

#[test]
fn keys_of_an_open_kind_are_kept_as_they_stand() {
    let triples = turtle("ex:A owl:hasKey ( ex:p ) .").triples.expect("triples");
    assert_eq!((triples.read, triples.untyped), (3, 3));
}

#[test]
fn lists_that_are_no_part_of_owl_hang_on_what_refers_to_them() {
    check_stated(&[(
        "ex:i ex:p ( ex:j ) .",
        &[
            "?PropertyAssertion(ex:p ex:i _:b0) ?ex:p",
            "?(_:b0 rdf:first ex:j)",
            "?(_:b0 rdf:rest rdf:nil)",
        ],
    )]);
}

#[test]
fn an_expression_that_contains_itself_is_kept_and_reported_once() {
    let text = format!(
        "{HEAD} ex:A rdfs:subClassOf _:x . _:x owl:complementOf _:y . _:y owl:complementOf _:x . \
         ex:B rdfs:subClassOf _:y ."
    );
    let (ontology, findings) = document(&text, Syntax::Turtle).expect("Turtle");
    assert_eq!(ontology.triples.expect("triples").untyped, 4);
    assert_eq!(findings.iter().map(|it| it.code).collect::<Vec<_>>(), ["cyclic_expression"]);
}

#[test]
fn relative_iris_are_read_and_reported_once() {
    let text = "<a> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <#b> .";
    let (ontology, findings) = document(text, Syntax::Turtle).expect("Turtle");
    assert_eq!(ontology.axioms.len(), 1);
    assert_eq!(findings.iter().map(|it| it.code).collect::<Vec<_>>(), ["relative_iri"]);
    let text = format!("@base <http://example.org/> . {text}");
    let (_, findings) = document(&text, Syntax::Turtle).expect("Turtle");
    assert_eq!(findings, []);
}

#[test]
fn turtle_gives_the_lines_on_which_statements_begin() {
    let text =
        format!("{HEAD}\n\nex:A a owl:Class ;\n  rdfs:label \"a\n\" ,\n 'b' .\nex:B a owl:Class .");
    let text = text.replace("\"a\n\"", "\"\"\"a\n\"\"\"");
    let (ontology, _) = document(&text, Syntax::Turtle).expect("Turtle");
    let lines = ontology.declarations.iter().map(|it| it.line);
    let lines: Vec<_> = lines.chain(ontology.axioms.iter().map(|axiom| axiom.line)).collect();
    assert_eq!(lines, [3, 7, 4, 6]);
}

#[test]
fn errors_of_syntax_refuse_the_document_and_name_the_place() {
    let error = |text: &str, syntax| document(text, syntax).map(|_| ()).expect_err("broken");
    let turtle = error("<a:b> <a:c>\n  é .", Syntax::Turtle);
    assert_eq!(turtle.code, "bad_turtle");
    assert!(turtle.message.starts_with("line 2, column 3: "), "{}", turtle.message);
    let triples = error("<a:b> <a:c> <a:d> .\n<a:b> .", Syntax::NTriples);
    assert_eq!(triples.code, "bad_n_triples");
    assert!(triples.message.starts_with("line 2, "), "{}", triples.message);
    let xml = error("<a>\n</b>", Syntax::RdfXml);
    assert_eq!(xml.code, "bad_xml");
    assert!(xml.message.starts_with("line "), "{}", xml.message);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_document() {
    for (text, syntax) in [
        ("\u{feff}<a:b> <a:c> <a:d> .", Syntax::Turtle),
        ("\u{feff}<a:b> <a:c> <a:d> .", Syntax::NTriples),
    ] {
        assert_eq!(document(text, syntax).expect("read").0.axioms.len(), 1);
    }
}

#[test]
fn what_the_parser_leaves_out_is_reported() {
    let text = "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:e=\"u:\">\n\
        <r:Description r:about=\"u:a\"><e:p r:parseType=\"daml:collection\"/></r:Description></r:RDF>";
    let (ontology, findings) = document(text, Syntax::RdfXml).expect("RDF/XML");
    assert_eq!(ontology.triples, Some(Triples::default()));
    let found: Vec<_> = findings.iter().map(|it| (it.code, it.line)).collect();
    assert_eq!(found, [("unknown_parse_type", 2)]);
}
