//! What is read of functional syntax and of s-expressions, as texts of axioms.

use super::*;
use crate::claim;
use crate::owl::{Axiom, Term};
use crate::parse::Diagnostic;

/// An ontology's declarations and axioms in functional syntax.
fn texts(ontology: &Ontology) -> Vec<String> {
    let iri = |id: u32| ontology.entities[id as usize].functional();
    let term = |term: &Term| match term {
        Term::Entity(id) => iri(*id),
        Term::Written(text) => text.to_string(),
    };
    let declarations = ontology
        .declarations
        .iter()
        .map(|it| format!("Declaration({}({}))", it.kind.as_str(), iri(it.entity)));
    let axiom = |axiom: &Axiom| {
        let Axiom { axiom_type, subject, property, object, .. } = axiom;
        let (subject, property) = (term(subject), property.as_ref().map(term));
        crate::owl::functional(
            axiom_type,
            axiom.annotations(),
            property.as_deref(),
            &subject,
            object.as_ref().map(term).as_deref(),
        )
    };
    declarations.chain(ontology.axioms.iter().map(axiom)).collect()
}

fn read(text: &str) -> (Ontology, Vec<Diagnostic>) {
    let mut findings = Findings::default();
    let piece = Piece { text: text.into(), line: 1 };
    let ontology = read_pieces(&[piece], &PrefixTable::default(), None, &mut findings);
    (ontology, findings.into_diagnostics())
}

/// The texts of what can be read, where all of it can.
fn whole(text: &str) -> Vec<String> {
    let (ontology, diagnostics) = read(text);
    assert_eq!(diagnostics, [], "{text}");
    texts(&ontology)
}

/// Every axiom type of OWL 2, each as its canonical text.
const AXIOMS: [&str; 43] = [
    "Declaration(Class(mv:A))",
    "Declaration(Datatype(mv:D))",
    "Declaration(ObjectProperty(mv:p))",
    "Declaration(DataProperty(mv:d))",
    "Declaration(AnnotationProperty(mv:a))",
    "Declaration(NamedIndividual(mv:i))",
    "SubClassOf(mv:A mv:B)",
    "EquivalentClasses(mv:A mv:B)",
    "DisjointClasses(mv:A mv:B mv:C)",
    "DisjointUnion(mv:A mv:B mv:C)",
    "SubObjectPropertyOf(mv:p mv:q)",
    "SubObjectPropertyOf(ObjectPropertyChain(mv:p ObjectInverseOf(mv:q)) mv:r)",
    "EquivalentObjectProperties(mv:p mv:q)",
    "DisjointObjectProperties(mv:p mv:q)",
    "InverseObjectProperties(mv:p mv:q)",
    "ObjectPropertyDomain(mv:p mv:A)",
    "ObjectPropertyRange(ObjectInverseOf(mv:p) mv:A)",
    "FunctionalObjectProperty(mv:p)",
    "InverseFunctionalObjectProperty(mv:p)",
    "ReflexiveObjectProperty(mv:p)",
    "IrreflexiveObjectProperty(mv:p)",
    "SymmetricObjectProperty(mv:p)",
    "AsymmetricObjectProperty(mv:p)",
    "TransitiveObjectProperty(mv:p)",
    "SubDataPropertyOf(mv:d mv:e)",
    "EquivalentDataProperties(mv:d mv:e)",
    "DisjointDataProperties(mv:d mv:e)",
    "DataPropertyDomain(mv:d mv:A)",
    "DataPropertyRange(mv:d xsd:integer)",
    "FunctionalDataProperty(mv:d)",
    "DatatypeDefinition(mv:D DatatypeRestriction(xsd:integer xsd:minInclusive \"5\"^^xsd:integer))",
    "HasKey(mv:A (mv:p) (mv:d mv:e))",
    "SameIndividual(mv:i mv:j)",
    "DifferentIndividuals(mv:i mv:j mv:k)",
    "ClassAssertion(ObjectOneOf(mv:i mv:j) mv:i)",
    "ObjectPropertyAssertion(mv:p mv:i mv:j)",
    "NegativeObjectPropertyAssertion(mv:p mv:i mv:j)",
    "DataPropertyAssertion(mv:d mv:i \"x\")",
    "NegativeDataPropertyAssertion(mv:d mv:i \"x\"@en-gb)",
    "AnnotationAssertion(rdfs:label mv:A \"a \\\"b\\\" \\\\ c\"@en)",
    "SubAnnotationPropertyOf(mv:a rdfs:label)",
    "AnnotationPropertyDomain(mv:a mv:A)",
    "AnnotationPropertyRange(mv:a xsd:string)",
];

/// Every expression of OWL 2.
const EXPRESSIONS: [&str; 28] = [
    "ObjectIntersectionOf(mv:A mv:B)",
    "ObjectUnionOf(mv:A mv:B)",
    "ObjectComplementOf(mv:A)",
    "ObjectOneOf(_:x mv:i)",
    "ObjectSomeValuesFrom(mv:p mv:A)",
    "ObjectAllValuesFrom(ObjectInverseOf(mv:p) mv:A)",
    "ObjectHasValue(mv:p mv:i)",
    "ObjectHasSelf(mv:p)",
    "ObjectMinCardinality(1 mv:p)",
    "ObjectMaxCardinality(2 mv:p mv:A)",
    "ObjectExactCardinality(3 mv:p mv:A)",
    "DataSomeValuesFrom(mv:d xsd:string)",
    "DataAllValuesFrom(mv:d DataOneOf(\"1\"^^xsd:integer \"2\"^^xsd:integer))",
    "DataAllValuesFrom(mv:d DataComplementOf(xsd:string))",
    "DataAllValuesFrom(mv:d DataIntersectionOf(xsd:string xsd:token))",
    "DataAllValuesFrom(mv:d DataUnionOf(xsd:integer xsd:string))",
    "DataHasValue(mv:d \"x\")",
    "DataMinCardinality(1 mv:d)",
    "DataMaxCardinality(2 mv:d xsd:string)",
    "DataExactCardinality(3 mv:d)",
    "ObjectIntersectionOf(ObjectComplementOf(mv:A) ObjectUnionOf(mv:B mv:C))",
    "ObjectSomeValuesFrom(mv:p ObjectSomeValuesFrom(mv:p mv:A))",
    "ObjectSomeValuesFrom(mv:p owl:Thing)",
    "ObjectSomeValuesFrom(<http://example.org/p> <http://example.org/A>)",
    "ObjectSomeValuesFrom(<http://example.org/p> <http://narrativegoldmine.com/metaverse#A(1)>)",
    "DataHasValue(mv:d \"5\"^^xsd:integer)",
    "DataHasValue(mv:d \"(#;)\")",
    "DataSomeValuesFrom(mv:d DatatypeRestriction(xsd:integer xsd:maxExclusive \"9\"^^xsd:integer))",
];

#[test]
fn every_axiom_type_of_owl_2_is_read_and_written_as_it_was() {
    for axiom in AXIOMS {
        assert_eq!(whole(axiom), [axiom]);
    }
}

#[test]
fn every_expression_of_owl_2_is_read_and_written_as_it_was() {
    for expression in EXPRESSIONS {
        let axiom = format!("SubClassOf(mv:A {expression})");
        assert_eq!(whole(&axiom), [axiom.as_str()]);
    }
}

#[test]
fn s_expressions_say_the_same_as_functional_syntax() {
    // A function's name moves into its parentheses.
    let s_expression = |text: &str| {
        let mut out = String::new();
        let mut quoted = false;
        for (at, c) in text.char_indices() {
            quoted ^= c == '"' && !text[..at].ends_with('\\');
            if c == '(' && !quoted {
                let word = out.rsplit([' ', '(']).next().unwrap_or_default().len();
                let in_iri = out.rfind('<') > out.rfind('>');
                if word > 0 && !in_iri {
                    out.insert(out.len() - word, '(');
                    out.push(' ');
                    continue;
                }
            }
            out.push(c);
        }
        out
    };
    assert_eq!(s_expression("A(b C(d))"), "(A b (C d))");
    for text in AXIOMS {
        assert_eq!(whole(&s_expression(text)), [text], "{}", s_expression(text));
    }
    for expression in EXPRESSIONS {
        let axiom = format!("SubClassOf(mv:A {expression})");
        assert_eq!(whole(&s_expression(&axiom)), [axiom.as_str()]);
    }
}

#[test]
fn the_order_of_a_set_and_what_stands_twice_in_it_make_no_difference() {
    let text = "EquivalentClasses(ObjectUnionOf(mv:C mv:B mv:C) mv:Z mv:A)
        EquivalentClasses(mv:A mv:Z ObjectUnionOf(mv:B mv:C))";
    assert_eq!(whole(text), ["EquivalentClasses(mv:A mv:Z ObjectUnionOf(mv:B mv:C))"]);
}

#[test]
fn annotations_of_an_axiom_stay_with_it_in_one_order() {
    let text = "SubClassOf(Annotation(rdfs:seeAlso mv:X) Annotation(Annotation(rdfs:label \"n\") \
                rdfs:comment \"c\") mv:A mv:B)";
    let expected = "SubClassOf(Annotation(Annotation(rdfs:label \"n\") rdfs:comment \"c\") \
                    Annotation(rdfs:seeAlso mv:X) mv:A mv:B)";
    assert_eq!(whole(text), [expected]);
}

#[test]
fn a_form_that_cannot_be_read_costs_only_itself() {
    let text = "SubClassOf(mv:A mv:B)\nSubClassOf(mv:A)\nSubClassOf(mv:A ObjectSomeValuesFrom(mv:p)\nSubClassOf(mv:A mv:C)\nFoo(mv:A)\nobjects\n(SubClassOf mv:A mv:D)\n)\nSubClassOf(mv:A \"x\")\nSubClassOf(mv:A mv:E";
    let (ontology, diagnostics) = read(text);
    assert_eq!(
        texts(&ontology),
        ["SubClassOf(mv:A mv:B)", "SubClassOf(mv:A mv:C)", "SubClassOf(mv:A mv:D)"]
    );
    let lines: Vec<_> = diagnostics.iter().map(|it| (it.code, it.line)).collect();
    let bad = |line| ("bad_axiom", line);
    assert_eq!(lines, [bad(2), bad(3), bad(5), bad(6), bad(8), bad(9), bad(10)]);
}

#[test]
fn a_broken_axiom_says_where_and_why() {
    let message = |text: &str| read(text).1[0].message.clone();
    assert_eq!(
        message("  SubClassOf(mv:A ObjectSomeValuesFrom(\"x\" mv:B))"),
        "column 19: argument 1 of ObjectSomeValuesFrom is a literal; expected an object property"
    );
    assert_eq!(
        message("SubClassOf(mv:A\nSubClassOf(mv:A mv:B)"),
        "column 1: not closed before the next axiom, on line 2"
    );
    assert_eq!(
        message("ObjectUnionOf(mv:A mv:B)"),
        "column 1: ObjectUnionOf says nothing by itself"
    );
}

#[test]
fn a_document_has_its_own_prefixes_its_name_and_its_imports() {
    let text = "Prefix(:=<http://x.org/a#>) Prefix(mv:=<http://other.org/>)
        Ontology(<http://x.org/a> <http://x.org/a/1>
        Import(<http://x.org/b>) Annotation(rdfs:label \"A\")
        SubClassOf(:A mv:B))";
    let (ontology, diagnostics) = read(text);
    assert_eq!(diagnostics, []);
    assert_eq!(ontology.iri.as_deref(), Some("http://x.org/a"));
    assert_eq!(ontology.version_iri.as_deref(), Some("http://x.org/a/1"));
    assert_eq!(&*ontology.imports[0].iri, "http://x.org/b");
    let expected =
        ["Annotation(rdfs:label \"A\")", "SubClassOf(<http://x.org/a#A> <http://other.org/B>)"];
    assert_eq!(texts(&ontology), expected);
}

#[test]
fn an_unknown_prefix_is_kept_as_written_and_reported_once() {
    let (ontology, diagnostics) = read("SubClassOf(aigo:A\naigo:B) SubClassOf(aigo:A aigo:C)");
    assert_eq!(ontology.entities[0].expanded, "aigo:A");
    let codes: Vec<_> = diagnostics.iter().map(|it| (it.code, it.line)).collect();
    assert_eq!(codes, [("unknown_prefix", 1)]);
}

#[test]
fn classes_are_known_with_their_names_and_their_parents() {
    let text = "Declaration(Class(mv:A))\nSubClassOf(mv:A mv:B)\nSubClassOf(mv:A mv:B)
        SubClassOf(mv:C mv:A)
        AnnotationAssertion(rdfs:label mv:A \"Aa\"@de) AnnotationAssertion(rdfs:label mv:A \"Bb\"@en)
        AnnotationAssertion(skos:definition mv:A \"What it is.\")";
    let ontology = read(text).0;
    let a = claim::block(&ontology, &ontology.classes[0]);
    assert_eq!((a.label.as_str(), a.comment.as_deref()), ("Bb", Some("What it is.")));
    assert_eq!((a.is_mention, a.references.len(), a.references[0].line), (false, 1, 2));
    let c = claim::block(&ontology, &ontology.classes[1]);
    assert_eq!((c.class.compact.as_str(), c.label.as_str(), c.is_mention), ("mv:C", "C", true));
}

#[test]
fn restrictions_on_a_class_are_told_apart() {
    let text =
        "EquivalentClasses(mv:A ObjectIntersectionOf(mv:B ObjectMinCardinality(2 mv:p mv:C)))
        SubClassOf(mv:A ObjectSomeValuesFrom(ObjectInverseOf(mv:p) ObjectUnionOf(mv:C mv:D)))";
    let ontology = read(text).0;
    let all: Vec<_> = ontology
        .restrictions
        .iter()
        .map(|it| (it.axiom, it.quantifier.as_str(), it.cardinality, it.filler.is_some()))
        .collect();
    assert_eq!(all, [(0, "min", Some(2), true), (1, "some", None, true)]);
    assert_eq!(ontology.restrictions[1].property, Term::Written("ObjectInverseOf(mv:p)".into()));
}

#[test]
fn a_form_nested_too_deep_is_left_out_and_its_neighbours_are_kept() {
    let nested = |depth: usize| {
        let (open, close) = ("ObjectComplementOf(".repeat(depth), ")".repeat(depth));
        format!("SubClassOf(mv:A {open}mv:B{close})")
    };
    assert_eq!(whole(&nested(255)).len(), 1);
    for depth in [256, 100_000] {
        let text = format!("{}\nSubClassOf(mv:A mv:B)", nested(depth));
        let (ontology, diagnostics) = read(&text);
        assert_eq!(texts(&ontology), ["SubClassOf(mv:A mv:B)"]);
        assert!(diagnostics[0].message.contains("deeper than 256"));
    }
}

#[test]
fn every_beginning_of_a_text_is_read_without_a_panic() {
    let text = AXIOMS.join("\n") + "\n(SubClassOf :Dämme (ObjectSomeValuesFrom :p :B))";
    for (end, _) in text.char_indices() {
        read(&text[..end]);
    }
}

proptest::proptest! {
    /// Pieces of the language in any order: no panic, and what was read is written so that it
    /// is read again as the same.
    #[test]
    fn whatever_is_read_is_written_so_that_it_is_read_again(
        pieces in proptest::collection::vec(piece(), 0..60)
    ) {
        let read_once = texts(&read(&pieces.concat()).0);
        let (again, diagnostics) = read(&read_once.join("\n"));
        let is_bad = |it: &&Diagnostic| it.code == "bad_axiom";
        proptest::prop_assert_eq!(diagnostics.iter().find(is_bad), None);
        proptest::prop_assert_eq!(texts(&again), read_once);
    }
}

fn piece() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;

    prop_oneof![
        4 => proptest::sample::select(&AXIOMS[..]).prop_map(str::to_owned),
        2 => proptest::sample::select(&EXPRESSIONS[..]).prop_map(|it| format!("SubClassOf(mv:A {it})")),
        2 => proptest::sample::select(&[
            "(", ")", "\"", "<", ">", " ", "\n", "#", ";;", "mv:A", "SubClassOf(", "(SubClassOf ",
            "ObjectUnionOf(", "5", "\"x\"@en", "^^", "@", "=", "_:b", "Annotation(", "\\", "é",
        ][..]).prop_map(str::to_owned),
    ]
}
