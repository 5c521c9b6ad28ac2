//! Documents that are made to cost much: each is read or refused, in little time and memory.

use std::fmt::Write;

use super::super::Syntax;
use super::{HEAD, document};

const RDF_XML: &str = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
    xmlns:rdfs=\"http://www.w3.org/2000/01/rdf-schema#\" \
    xmlns:owl=\"http://www.w3.org/2002/07/owl#\">";

const OWL: &str = "http://www.w3.org/2002/07/owl#";
const RDFS: &str = "http://www.w3.org/2000/01/rdf-schema#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// A class below so many restrictions within each other, as N-Triples.
fn nested(levels: usize) -> String {
    let mut text = format!("<u:A> <{RDFS}subClassOf> _:x0 .\n");
    for at in 0..levels {
        let _ = writeln!(text, "_:x{at} <{OWL}onProperty> <u:p> .");
        let filler = if at + 1 == levels { "<u:B>".to_owned() } else { format!("_:x{}", at + 1) };
        let _ = writeln!(text, "_:x{at} <{OWL}someValuesFrom> {filler} .");
    }
    text
}

fn list(name: &str, length: usize) -> String {
    let mut text = String::new();
    for at in 0..length {
        let rest =
            if at + 1 == length { format!("<{RDF}nil>") } else { format!("_:{name}{}", at + 1) };
        let _ = writeln!(
            text,
            "_:{name}{at} <{RDF}first> <u:{at}> .\n_:{name}{at} <{RDF}rest> {rest} ."
        );
    }
    text
}

#[test]
fn expressions_nest_up_to_the_depth_of_forms() {
    let (ontology, findings) = document(&nested(253), Syntax::NTriples).expect("read");
    assert_eq!((ontology.triples.expect("triples").untyped, findings.len()), (0, 0));
    let (ontology, findings) = document(&nested(1_500), Syntax::NTriples).expect("read");
    let triples = ontology.triples.expect("triples");
    assert_eq!(triples.untyped, triples.read);
    assert_eq!(findings.iter().map(|it| it.code).collect::<Vec<_>>(), ["nested_too_deep"]);
}

#[test]
fn elements_that_nest_too_deep_are_refused() {
    let restriction = "<owl:Restriction><owl:onProperty rdf:resource=\"u:p\"/><owl:someValuesFrom>";
    let document = |levels| {
        let text = format!(
            "{RDF_XML}<owl:Class rdf:about=\"u:A\"><rdfs:subClassOf>{}<owl:Class rdf:about=\"u:B\"/>{}\
             </rdfs:subClassOf></owl:Class></rdf:RDF>",
            restriction.repeat(levels),
            "</owl:someValuesFrom></owl:Restriction>".repeat(levels)
        );
        document(&text, Syntax::RdfXml)
    };
    assert_eq!(document(1_500).expect_err("deep").code, "nested_too_deep");
    let (ontology, _) = document(253).expect("read");
    assert_eq!(ontology.triples.expect("triples").untyped, 0);
}

#[test]
fn long_lists_are_read_and_endless_ones_are_not() {
    let union = format!("<u:A> <{OWL}unionOf> _:a0 .\n{}", list("a", 100_000));
    let (ontology, _) = document(&union, Syntax::NTriples).expect("read");
    assert_eq!(ontology.axioms.len(), 1);
    assert_eq!(ontology.triples.expect("triples").awaiting, 0);
    let endless = union.replace(&format!("<{RDF}nil>"), "_:a7");
    let (ontology, _) = document(&endless, Syntax::NTriples).expect("read");
    assert_eq!(ontology.triples.expect("triples").untyped, 200_001);
}

#[test]
fn lists_that_share_their_ends_are_not_written_out_for_ever() {
    let mut text = list("a", 20_000);
    for at in 0..20_000 {
        let _ = writeln!(text, "<u:A{at}> <{OWL}unionOf> _:a{at} .");
    }
    let (ontology, findings) = document(&text, Syntax::NTriples).expect("read");
    let triples = ontology.triples.expect("triples");
    assert!(triples.typed > 40_000 && triples.untyped > 0, "{triples:?}");
    assert_eq!(findings.iter().map(|it| it.code).collect::<Vec<_>>(), ["expression_too_large"]);
}

#[test]
fn what_doubles_at_each_level_is_not_written_out() {
    let mut text = format!("{HEAD} ex:A rdfs:subClassOf _:x0 . _:x60 owl:complementOf ex:B .");
    for at in 0..60 {
        let _ = write!(text, "_:x{at} owl:unionOf ( _:x{0} _:x{0} ) .", at + 1);
    }
    let (_, findings) = document(&text, Syntax::Turtle).expect("read");
    assert_eq!(findings.iter().map(|it| it.code).collect::<Vec<_>>(), ["expression_too_large"]);
}

#[test]
fn many_nodes_on_one_long_axiom_do_not_multiply_it() {
    let mut text = format!("<u:A> <{OWL}unionOf> _:a0 .\n{}", list("a", 5_000));
    for at in 0..5_000 {
        let _ = writeln!(
            text,
            "_:n{at} <{RDF}type> <{OWL}Axiom> .\n_:n{at} <{OWL}annotatedSource> <u:A> .\n\
             _:n{at} <{OWL}annotatedProperty> <{OWL}unionOf> .\n\
             _:n{at} <{OWL}annotatedTarget> _:a0 .\n_:n{at} <{RDFS}label> \"{at}\" ."
        );
    }
    let (ontology, _) = document(&text, Syntax::NTriples).expect("read");
    assert!(ontology.axioms.iter().filter(|it| it.axiom_type != "?").count() < 500);
}

#[test]
fn names_that_grow_far_beyond_the_document_are_refused() {
    let long = "x".repeat(8_000);
    let body = "a:b a:c a:d.\n".repeat(10_000);
    let text = format!("@prefix a: <u:{long}> .\n{body}");
    assert_eq!(document(&text, Syntax::Turtle).expect_err("long").code, "expands_too_far");
}

#[test]
fn namespaces_and_entities_that_cost_too_much_are_refused() {
    let many: String = (0..40_000).map(|at| format!(" xmlns:n{at}=\"u:{at}\"")).collect();
    let refused = document(&format!("<a{many}/>"), Syntax::RdfXml).expect_err("many");
    assert_eq!(refused.code, "too_many_attributes");
    let mut bomb = "<!DOCTYPE a [<!ENTITY x0 \"xxxxxxxx\">".to_owned();
    for level in 1..30 {
        let before = format!("&x{};", level - 1).repeat(4);
        let _ = write!(bomb, "<!ENTITY x{level} \"{before}\">");
    }
    let refused = document(&format!("{bomb}]><a/>"), Syntax::RdfXml).expect_err("a bomb");
    assert_eq!(refused.code, "entity_expansion");
}

#[test]
fn a_document_cut_anywhere_is_read_or_refused_by_name() {
    let xml = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE rdf:RDF [ <!ENTITY o \"u:\" > ]>{RDF_XML}<!-- é -->\
         <owl:Class rdf:about=\"&o;A\"><rdfs:label xml:lang=\"de\">Ä &amp; O</rdfs:label>\
         <rdfs:subClassOf><owl:Restriction><owl:onProperty rdf:resource=\"u:p\"/>\
         <owl:hasValue>x</owl:hasValue></owl:Restriction></rdfs:subClassOf>\
         <rdfs:comment><![CDATA[<]]></rdfs:comment></owl:Class></rdf:RDF>"
    );
    let turtle = format!(
        "{HEAD} ex:A rdfs:label 'Ä'@de , \"\"\"x\n\\\"\"\"\"; rdfs:subClassOf \
         [ owl:unionOf ( ex:B [] ) ] .# é\nex:B rdfs:label \"5\"^^xsd:int ."
    );
    let triples = "<u:a> <u:b> \"\\u00e9é\"@de .\n_:a <u:b> <u:c> .\n";
    let all = [
        (xml.as_str(), Syntax::RdfXml, "bad_xml"),
        (turtle.as_str(), Syntax::Turtle, "bad_turtle"),
        (triples, Syntax::NTriples, "bad_n_triples"),
    ];
    for (text, syntax, code) in all {
        assert!(document(text, syntax).is_ok());
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            if let Err(rejection) = document(&text[..end], syntax) {
                assert_eq!(rejection.code, code, "{}", &text[..end]);
            } else {
                assert!(syntax != Syntax::RdfXml, "{}", &text[..end]);
            }
        }
    }
}
