//! RDF/XML, Turtle, N-Triples and JSON-LD: graphs read as the axioms they stand for.
//!
//! The crates used give triples; the reading of them is our own (W3C, OWL 2 Mapping to RDF
//! Graphs, section 3). No triple is dropped: what fits no structure is kept as it stands.

mod axioms;
mod expressions;
mod graph;
mod json_ld;
mod kinds;
mod mapping;
mod measure;
mod notes;
mod pieces;
mod properties;
mod roles;
mod source;
mod terms;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashSet;

use super::form::LARGEST_DEPTH;
use super::statement::Statements;
use crate::iri::RELATIVE_NAMESPACE;
use crate::owl::Triples;
use crate::parse::findings::Findings;
use crate::parse::{Contexts, Rejection};

use graph::Graph;
use mapping::Mapping;
use measure::Flaw;
use terms::{Term, TermId};
use words::Word;

/// How triples are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax<'a> {
    RdfXml,
    Turtle,
    NTriples,
    /// With the contexts that may be cited.
    JsonLd(&'a Contexts),
}

/// What relative IRIs are resolved against where neither the document nor the caller says.
///
/// The parsers refuse a relative IRI without a base, and one such name must not cost a whole
/// document. What is named so is the same in every document and is reported.
const BASE: &str = RELATIVE_NAMESPACE;

/// Reads a document. `base` is what its relative IRIs are resolved against if it does not say.
///
/// # Errors
///
/// If the syntax is broken, for half a graph would be misread, or if a limit is exceeded.
pub(super) fn read(
    text: &str,
    syntax: Syntax<'_>,
    base: Option<&str>,
    statements: &mut Statements<'_>,
    findings: &mut Findings,
) -> Result<Triples, Rejection> {
    // A byte order mark is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let graph = match syntax {
        Syntax::RdfXml => source::rdf_xml(text, base.unwrap_or(BASE), findings)?,
        Syntax::Turtle => source::turtle(text, base.unwrap_or(BASE), findings)?,
        Syntax::NTriples => source::n_triples(text, findings)?,
        Syntax::JsonLd(contexts) => json_ld::graph(text, base.unwrap_or(BASE), contexts, findings)?,
    };
    report_relative(&graph, findings);
    Ok(read_graph(&graph, statements, findings))
}

fn read_graph(graph: &Graph, statements: &mut Statements<'_>, findings: &mut Findings) -> Triples {
    let mut mapping = Mapping::new(graph, statements);
    mapping.ontology = ontology(graph);
    mapping.join_copies();
    for at in 0..graph.triples.len() {
        let at = at as graph::TripleId;
        if mapping.is_pending(at) {
            mapping.triple(at);
        }
    }
    let triples = mapping.keep_rest();
    for (flaw, line) in std::mem::take(&mut mapping.flaws) {
        report(flaw, line, findings);
    }
    statements.account(triples);
    triples
}

/// The ontology that a document is: the first one it names that is not merely imported.
fn ontology(graph: &Graph) -> Option<TermId> {
    let mut imported = HashSet::new();
    let mut named = Vec::new();
    for triple in &graph.triples {
        match Word::of(triple.property) {
            Some(Word::Imports) => drop(imported.insert(triple.object)),
            Some(Word::Type) if triple.object == Word::Ontology.term() => {
                named.push(triple.subject);
            }
            _ => {}
        }
    }
    let own = named.iter().find(|term| !imported.contains(term));
    own.or(named.first()).copied()
}

fn report(flaw: Flaw, line: u32, findings: &mut Findings) {
    match flaw {
        Flaw::TooDeep => {
            let message = format!(
                "an expression nests deeper than {LARGEST_DEPTH} levels; its triples are kept as they stand"
            );
            findings.error("nested_too_deep", line, message);
        }
        Flaw::Endless => findings.error(
            "cyclic_expression",
            line,
            "an expression contains itself; its triples are kept as they stand",
        ),
        Flaw::TooLarge => findings.error(
            "expression_too_large",
            line,
            "expressions share so much that written out they are far larger than the document; \
             their triples are kept as they stand",
        ),
    }
}

fn report_relative(graph: &Graph, findings: &mut Findings) {
    let is_relative = |term: &TermId| match graph.terms.term(*term) {
        Term::Iri(iri) => iri.starts_with(BASE),
        _ => false,
    };
    let Some(first) = graph.triples.iter().find_map(|triple| {
        triple.key().into_iter().find(is_relative).map(|term| (term, triple.line))
    }) else {
        return;
    };
    let (term, line) = first;
    let written = graph.terms.as_iri(term).and_then(|iri| iri.strip_prefix(BASE));
    let written = crate::parse::findings::Quoted(written.unwrap_or_default());
    let message = format!("{written} is a relative IRI and the document states no base");
    findings.warn("relative_iri", line, message);
}
