//! Random graphs over the words of OWL: always accounted for, always the same.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::Syntax;
use super::super::words::Word;
use super::{document, stated};

/// Names, nodes, literals and every word.
fn terms() -> Vec<String> {
    let mut terms: Vec<String> =
        Word::ALL.iter().map(|(_, space, local)| format!("<{space}{local}>")).collect();
    terms.extend((0..6).map(|at| format!("<http://example.org/{at}>")));
    terms.extend((0..6).map(|at| format!("_:n{at}")));
    terms.push("\"x\"".to_owned());
    terms.push("\"1\"^^<http://www.w3.org/2001/XMLSchema#integer>".to_owned());
    terms
}

fn triple() -> impl Strategy<Value = String> {
    let terms = terms();
    let words = Word::ALL.len();
    let all = terms.len();
    // Subjects are names and nodes as a rule, properties words.
    let subject = prop_oneof![9 => words..all - 2, 1 => 0..words];
    let property = prop_oneof![8 => 0..words, 2 => words..words + 6];
    (subject, property, 0..all).prop_map(move |(subject, property, object)| {
        format!("{} {} {} .\n", terms[subject], terms[property], terms[object])
    })
}

/// Pieces that make whole structures likely.
fn structure() -> impl Strategy<Value = String> {
    let node = || 0..6usize;
    let term = || {
        prop_oneof![
            (0..6usize).prop_map(|at| format!("<http://example.org/{at}>")),
            node().prop_map(|at| format!("_:n{at}"))
        ]
    };
    let owl = "http://www.w3.org/2002/07/owl#";
    let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    let rdfs = "http://www.w3.org/2000/01/rdf-schema#";
    prop_oneof![
        (node(), term(), term()).prop_map(move |(node, first, rest)| {
            format!("_:n{node} <{rdf}first> {first} .\n_:n{node} <{rdf}rest> {rest} .\n")
        }),
        (node(), term()).prop_map(move |(node, first)| {
            format!("_:n{node} <{rdf}first> {first} .\n_:n{node} <{rdf}rest> <{rdf}nil> .\n")
        }),
        (node(), term(), term()).prop_map(move |(node, property, filler)| {
            format!("_:n{node} <{owl}onProperty> {property} .\n_:n{node} <{owl}someValuesFrom> {filler} .\n")
        }),
        (node(), node()).prop_map(move |(node, list)| {
            format!("_:n{node} <{owl}unionOf> _:n{list} .\n")
        }),
        (term(), term()).prop_map(move |(one, other)| {
            format!("{one} <{rdfs}subClassOf> {other} .\n")
        }),
        (node(), term(), term()).prop_map(move |(node, source, target)| {
            format!(
                "_:n{node} <{rdf}type> <{owl}Axiom> .\n_:n{node} <{owl}annotatedSource> {source} .\n\
                 _:n{node} <{owl}annotatedProperty> <{rdfs}subClassOf> .\n\
                 _:n{node} <{owl}annotatedTarget> {target} .\n_:n{node} <{rdfs}label> \"x\" .\n"
            )
        }),
    ]
}

fn graph() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(prop_oneof![triple(), structure()], 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_graph_is_accounted_for_and_read_the_same_way_twice(pieces in graph()) {
        let text = pieces.concat();
        let (one, _) = document(&text, Syntax::NTriples).expect("N-Triples");
        let (other, _) = document(&text, Syntax::NTriples).expect("N-Triples");
        let kept = one.axioms.iter().filter(|axiom| axiom.axiom_type == "?").count() as u64;
        prop_assert_eq!(one.triples.map(|triples| triples.untyped), Some(kept));
        prop_assert_eq!(one, other);
    }

    #[test]
    fn the_order_of_triples_does_not_change_what_they_say(pieces in graph()) {
        // Which ontology is the document, and what nodes without names are called, hangs on it.
        let hangs_on_order = |line: &&str| line.contains("#Ontology>") || line.contains("_:");
        let text = pieces.concat();
        let named: Vec<_> =
            text.split_inclusive('\n').filter(|line| !hangs_on_order(line)).collect();
        let backwards: String = named.iter().rev().copied().collect();
        let (one, _) = document(&named.concat(), Syntax::NTriples).expect("N-Triples");
        let (other, _) = document(&backwards, Syntax::NTriples).expect("N-Triples");
        let all = |ontology| stated(ontology).into_iter().collect::<BTreeSet<_>>();
        prop_assert_eq!(all(&one), all(&other));
        prop_assert_eq!(one.triples, other.triples);
    }
}
