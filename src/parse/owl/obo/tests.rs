//! What clauses state, by the tables of the specification.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::prefixes::Prefixes;
use super::super::reader::{Reader, Step};
use super::super::statement::Statements;
use super::read;
use crate::iri::PrefixTable;

const HEAD: &str = "format-version: 1.2\nontology: q\n\n";

/// What a document states, each statement with its line; reasons begin with `!`.
fn stated(text: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    read(text, &mut |line, stated| {
        found.push((line, stated.map_or_else(|reason| format!("!{reason}"), str::to_owned)));
    });
    found
}

fn short(text: &str) -> String {
    [
        ("http://purl.obolibrary.org/obo/q#", "q:"),
        ("http://purl.obolibrary.org/obo/", "obo:"),
        ("http://www.geneontology.org/formats/oboInOwl#", "oio:"),
        ("http://www.w3.org/2000/01/rdf-schema#", "rdfs:"),
        ("http://www.w3.org/2002/07/owl#", "owl:"),
        ("http://www.w3.org/2001/XMLSchema#", "xsd:"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (long, short)| text.replace(long, short))
}

/// What one clause of a frame states besides what the frame does.
fn of_clause(frame: &str, clause: &str) -> Vec<String> {
    let text = format!("{HEAD}[{frame}]\nid: Q:1\n{clause}\n");
    let of_line = stated(&text).into_iter().filter(|(line, _)| *line > 5);
    let no_declaration = |text: &String| !text.starts_with("Declaration(");
    of_line.map(|(_, text)| short(&text)).filter(no_declaration).collect()
}

#[test]
fn a_qualifier_says_how_much_of_what_is_related() {
    let cases = [
        ("", "ObjectSomeValuesFrom(<q:p> <obo:Q_2>)"),
        ("{cardinality=\"2\"}", "ObjectExactCardinality(2 <q:p> <obo:Q_2>)"),
        ("{cardinality=\"0\"}", "ObjectExactCardinality(0 <q:p> <obo:Q_2>)"),
        ("{maxCardinality=\"3\"}", "ObjectMaxCardinality(3 <q:p> <obo:Q_2>)"),
        (
            "{minCardinality=\"1\", maxCardinality=\"3\"}",
            "ObjectIntersectionOf(ObjectMinCardinality(1 <q:p> <obo:Q_2>) \
             ObjectMaxCardinality(3 <q:p> <obo:Q_2>))",
        ),
        ("{all_only=\"true\"}", "ObjectAllValuesFrom(<q:p> <obo:Q_2>)"),
        (
            "{all_only=\"true\", all_some=\"true\"}",
            "ObjectIntersectionOf(ObjectAllValuesFrom(<q:p> <obo:Q_2>) \
             ObjectSomeValuesFrom(<q:p> <obo:Q_2>))",
        ),
    ];
    for (qualifiers, related) in cases {
        let clause = format!("relationship: p Q:2 {qualifiers} ! two");
        let expected = format!("SubClassOf(<obo:Q_1> {related})");
        assert_eq!(of_clause("Term", &clause), [expected], "{qualifiers}");
        let operands = format!("intersection_of: Q:8\nintersection_of: p Q:2 {qualifiers}");
        let expected =
            format!("EquivalentClasses(<obo:Q_1> ObjectIntersectionOf(<obo:Q_8> {related}))");
        assert_eq!(of_clause("Term", &operands), [expected], "{qualifiers}");
    }
    let many = of_clause("Term", "relationship: p Q:2 {cardinality=\"many\"}");
    assert_eq!(many, ["!relationship: cardinality is no number: `many`"]);
}

#[test]
fn other_qualifiers_annotate_and_two_restrict_the_class() {
    assert_eq!(
        of_clause("Term", "is_a: Q:2 {source=\"X:1\"}"),
        ["SubClassOf(Annotation(<oio:source> \"X:1\") <obo:Q_1> <obo:Q_2>)"]
    );
    assert_eq!(
        of_clause("Term", "is_a: Q:2 {gci_relation=\"p\", gci_filler=\"Q:7\"}"),
        ["SubClassOf(ObjectIntersectionOf(<obo:Q_1> ObjectSomeValuesFrom(<q:p> <obo:Q_7>)) \
          <obo:Q_2>)"]
    );
}

#[test]
fn every_clause_of_a_relation_is_stated() {
    let annotation = |property: &str, value: &str| {
        format!("AnnotationAssertion(<{property}> <obo:Q_1> {value})")
    };
    let truth = |tag: &str, value| annotation(&format!("oio:{tag}"), value);
    let cases = [
        ("is_transitive: true", "TransitiveObjectProperty(<obo:Q_1>)".to_owned()),
        ("is_transitive: false", truth("is_transitive", "\"false\"^^<xsd:boolean>")),
        ("is_class_level: true", truth("is_class_level", "\"true\"^^<xsd:boolean>")),
        ("is_anti_symmetric: true", truth("is_anti_symmetric", "\"true\"^^<xsd:boolean>")),
        ("is_cyclic: true", truth("is_cyclic", "\"true\"^^<xsd:boolean>")),
        ("expand_expression_to: \"p some ?Y\" []", annotation("obo:IAO_0000424", "\"p some ?Y\"")),
        ("expand_assertion_to: \"Class: ?X\" []", annotation("obo:IAO_0000425", "\"Class: ?X\"")),
        (
            "transitive_over: p",
            "SubObjectPropertyOf(ObjectPropertyChain(<obo:Q_1> <q:p>) <obo:Q_1>)".to_owned(),
        ),
        (
            "holds_over_chain: p r",
            "SubObjectPropertyOf(ObjectPropertyChain(<q:p> <q:r>) <obo:Q_1>)".to_owned(),
        ),
        ("equivalent_to: p", "EquivalentObjectProperties(<obo:Q_1> <q:p>)".to_owned()),
        ("disjoint_from: p", "DisjointObjectProperties(<obo:Q_1> <q:p>)".to_owned()),
        ("disjoint_over: p", annotation("oio:disjoint_over", "\"p\"")),
    ];
    for (clause, expected) in cases {
        assert_eq!(of_clause("Typedef", clause), [expected], "{clause}");
    }
}

#[test]
fn texts_with_their_sources_are_annotations() {
    let cases = [
        ("name: a {x=\"y\"} ! c", "Annotation(<oio:x> \"y\") <rdfs:label> <obo:Q_1> \"a\""),
        (
            "def: \"A \\\"tug\\\".\" [W:1, X:2 \"two\"]",
            "Annotation(<oio:hasDbXref> \"W:1\") \
             Annotation(Annotation(<rdfs:label> \"two\") <oio:hasDbXref> \"X:2\") \
             <obo:IAO_0000115> <obo:Q_1> \"A \\\"tug\\\".\"",
        ),
        (
            "synonym: \"tow\" EXACT layperson [W:1]",
            "Annotation(<oio:hasSynonymType> <q:layperson>) Annotation(<oio:hasDbXref> \"W:1\") \
             <oio:hasExactSynonym> <obo:Q_1> \"tow\"",
        ),
        ("synonym: \"tow\"", "<oio:hasRelatedSynonym> <obo:Q_1> \"tow\""),
        (
            "xref: https://example.org/wiki/Woods\\,_or_scrub",
            "<oio:hasDbXref> <obo:Q_1> \"https://example.org/wiki/Woods,_or_scrub\"",
        ),
        (
            "xref: A:7 \"the long tooth\"",
            "Annotation(<rdfs:label> \"the long tooth\") <oio:hasDbXref> <obo:Q_1> \"A:7\"",
        ),
        ("property_value: P:1 \"x\" xsd:string", "<obo:P_1> <obo:Q_1> \"x\""),
        ("property_value: P:1 5 xsd:int", "<obo:P_1> <obo:Q_1> \"5\"^^<xsd:int>"),
        ("property_value: P:1 Q:2", "<obo:P_1> <obo:Q_1> <obo:Q_2>"),
        ("replaced_by: Q:2", "<obo:IAO_0100001> <obo:Q_1> <obo:Q_2>"),
        ("of_no_known_tag: x", "<oio:of_no_known_tag> <obo:Q_1> \"x\""),
    ];
    for (clause, inside) in cases {
        let expected = format!("AnnotationAssertion({inside})");
        assert_eq!(of_clause("Term", clause), [expected], "{clause}");
    }
}

#[test]
fn a_clause_that_cannot_be_read_costs_only_itself() {
    let text =
        format!("{HEAD}[Term]\nid: Q:1\ndef: no quotes\nis_a: Q:2 Q:3\nis_a: Q:4\n! the end");
    let found = stated(&text);
    let lines = |mark: bool| {
        let marked = found.iter().filter(move |(_, text)| text.starts_with('!') == mark);
        marked.map(|(line, _)| *line).collect::<Vec<_>>()
    };
    assert_eq!(lines(true), [6, 7]);
    assert!(found.iter().any(|(line, text)| *line == 8 && text.starts_with("SubClassOf(")));
}

#[test]
fn a_header_is_stated_whole() {
    let text = "format-version: 1.4\ndata-version: 2026-01-01\nontology: q\nimport: other\n\
                auto-generated-by: hand {val=\"one\"} ! comment\nsubsetdef: slim \"Slim\"\n\
                owl-axioms: SubClassOf(<a:b> <a:c>)\\nSubClassOf(<a:d> <a:e>)\n\
                idspace: X http://example.org/x_ \"ex\"\n\n[Term]\nid: X:1";
    let found: Vec<_> = stated(text).iter().map(|(line, text)| (*line, short(text))).collect();
    let has = |line: u32, text: &str| {
        assert!(found.contains(&(line, text.to_owned())), "{text}: {found:#?}");
    };
    has(3, "Ontology(<obo:q.owl> <obo:q/2026-01-01/q.owl>)");
    has(1, "Annotation(<oio:hasOBOFormatVersion> \"1.4\")");
    has(4, "Import(<obo:other.owl>)");
    has(5, "Annotation(Annotation(<oio:val> \"one\") <oio:auto-generated-by> \"hand\")");
    has(6, "SubAnnotationPropertyOf(<q:slim> <oio:SubsetProperty>)");
    has(7, "SubClassOf(<a:b> <a:c>)\nSubClassOf(<a:d> <a:e>)");
    has(10, "Declaration(Class(<http://example.org/x_1>))");
}

#[test]
fn a_relation_with_one_xref_is_what_that_names() {
    let text = format!(
        "{HEAD}[Term]\nid: Q:1\nrelationship: part_of Q:2\n\n[Typedef]\nid: part_of\nxref: B:5\n"
    );
    let found: Vec<_> = stated(&text).into_iter().map(|(_, text)| short(&text)).collect();
    let expected = "SubClassOf(<obo:Q_1> ObjectSomeValuesFrom(<obo:B_5> <obo:Q_2>))".to_owned();
    assert!(found.contains(&expected), "{found:#?}");
    assert!(found.contains(&"Declaration(ObjectProperty(<obo:B_5>))".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    #[test]
    fn whatever_a_document_holds_each_statement_can_be_read(
        lines in vec((
            prop::sample::select(vec![
                "[Term]", "[Typedef]", "[Instance]", "[Other]", "id: ", "name: ", "def: ", "is_a: ",
                "synonym: ", "xref: ", "relationship: ", "intersection_of: ", "union_of: ",
                "property_value: ", "alt_id: ", "holds_over_chain: ", "is_transitive: ",
                "domain: ", "inverse_of: ", "instance_of: ", "subsetdef: ", "ontology: ",
                "is_metadata_tag: ", "unheard_of: ", "",
            ]),
            "([A-Za-z:0-9 <>|é]|\\\"|\\\\|\\[|\\]|\\{|\\}|,|=|!|true|A:1|\"x\"){0,12}",
        ), 0..24),
    ) {
        let text: Vec<_> = lines.iter().map(|(tag, value)| format!("{tag}{value}")).collect();
        let table = PrefixTable::default();
        let (mut prefixes, mut statements) = (Prefixes::new(&table), Statements::new(&table));
        let mut broken = Vec::new();
        read(&text.join("\n"), &mut |line, stated| {
            let Ok(text) = stated else { return };
            let mut reader = Reader::new(text, line);
            while let Some(step) = reader.next(&mut prefixes, &mut statements) {
                if let Step::Broken(flaw) = step {
                    broken.push((text.to_owned(), flaw));
                }
            }
        });
        prop_assert_eq!(broken, vec![]);
    }
}
