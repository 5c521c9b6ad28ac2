//! Which syntax a document is written in: told by its content, for names lie.
//!
//! Of real files called `.owl` nine in ten are RDF/XML, and the others are functional syntax,
//! Manchester syntax and Turtle.

use super::tokens::{Kind, Tokens};
use crate::record::OwlFormat;

/// How far into a document is looked for what tells its syntax.
const HEAD_BYTES: usize = 64 * 1024;

/// The syntax of a document; `None` if it is none that is known.
pub(super) fn detect(content: &[u8]) -> Option<OwlFormat> {
    let head = String::from_utf8_lossy(&content[..content.len().min(HEAD_BYTES)]);
    let head = &*head;
    let rest = head.trim_start_matches('\u{feff}').trim_start();
    if rest.starts_with('<') && !is_iri(rest) {
        return xml(rest);
    }
    if is_json_ld(rest) {
        return Some(OwlFormat::JsonLd);
    }
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut obo = lines.clone().take(40);
    if obo.any(|line| line.starts_with("format-version:") || line == "[Term]") {
        return Some(OwlFormat::Obo);
    }
    if functional(head) {
        return Some(OwlFormat::Functional);
    }
    let mut triples = 0_usize;
    for line in lines.by_ref().filter(|line| !line.starts_with('#')) {
        if is_manchester(line) {
            return Some(OwlFormat::Manchester);
        }
        let lower = line.get(..8).unwrap_or(line).to_ascii_lowercase();
        if lower.starts_with("@prefix")
            || lower.starts_with("@base")
            || lower.starts_with("prefix ")
            || lower.starts_with("base <")
        {
            return Some(OwlFormat::Turtle);
        }
        if !is_triple(line) {
            return turtle(line).then_some(OwlFormat::Turtle);
        }
        triples += 1;
        if triples == 20 {
            break;
        }
    }
    (triples > 0).then_some(OwlFormat::NTriples)
}

/// Whether JSON begins, with a keyword of JSON-LD in it.
fn is_json_ld(text: &str) -> bool {
    // A list in Turtle begins like one in JSON, but never holds an object.
    let inside = text.strip_prefix('[').map_or(text, str::trim_start);
    let keywords = ["\"@context\"", "\"@graph\"", "\"@id\"", "\"@type\""];
    inside.starts_with('{') && keywords.iter().any(|keyword| text.contains(keyword))
}

/// Whether `<` begins an IRI and not a tag.
fn is_iri(text: &str) -> bool {
    let inside = text[1..].split(['>', ' ', '\n']).next().unwrap_or_default();
    inside.contains("://") || inside.starts_with("urn:")
}

/// OWL/XML or RDF/XML, by the first tag that is one.
fn xml(text: &str) -> Option<OwlFormat> {
    let mut rest = text;
    loop {
        rest = &rest[rest.find('<')? + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")? + 3..];
            continue;
        }
        if rest.starts_with('?') {
            rest = &rest[rest.find("?>")? + 2..];
            continue;
        }
        if rest.starts_with("!DOCTYPE") {
            let end = rest.find(['[', '>'])?;
            rest = if rest[end..].starts_with('[') {
                let closed = rest[end..].find("]>").or_else(|| rest[end..].find(']'))?;
                &rest[end + closed..]
            } else {
                &rest[end..]
            };
            continue;
        }
        let name = rest.split([' ', '\t', '\r', '\n', '>', '/']).next().unwrap_or_default();
        return match name.rsplit(':').next().unwrap_or_default() {
            "RDF" => Some(OwlFormat::RdfXml),
            "Ontology" if !name.starts_with("owl:") => Some(OwlFormat::OwlXml),
            // A document of a single node needs no root.
            _ => rest
                .contains("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
                .then_some(OwlFormat::RdfXml),
        };
    }
}

/// Whether the first words are those of functional syntax.
fn functional(head: &str) -> bool {
    let mut tokens = Tokens::new(head, 1);
    let Some(first) = tokens.next() else { return false };
    let is_open = |kind: Option<Kind<'_>>| kind == Some(Kind::Open);
    match first.kind {
        Kind::Word(word) => {
            super::grammar::construct(word).is_some_and(|it| it.stands_alone())
                && is_open(tokens.next().map(|token| token.kind))
        }
        _ => false,
    }
}

fn is_manchester(line: &str) -> bool {
    const FRAMES: [&str; 8] = [
        "Prefix:",
        "Ontology:",
        "Class:",
        "ObjectProperty:",
        "DataProperty:",
        "AnnotationProperty:",
        "Individual:",
        "Datatype:",
    ];
    FRAMES.iter().any(|frame| line.starts_with(frame))
}

/// A whole triple on its line.
fn is_triple(line: &str) -> bool {
    (line.starts_with('<') || line.starts_with("_:"))
        && line.ends_with('.')
        && line.split_ascii_whitespace().nth(1).is_some_and(|it| it.starts_with('<'))
}

fn turtle(line: &str) -> bool {
    line.starts_with('<') || line.starts_with('[') || line.starts_with("_:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syntax_is_told_by_content() {
        let cases = [
            (
                "<?xml version=\"1.0\"?>\n<!DOCTYPE rdf:RDF [\n<!ENTITY a \"b\">\n]>\n<rdf:RDF x=\"y\">",
                OwlFormat::RdfXml,
            ),
            ("\u{feff}<Ontology xmlns=\"http://www.w3.org/2002/07/owl#\">", OwlFormat::OwlXml),
            (
                "<owl:Ontology xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/>",
                OwlFormat::RdfXml,
            ),
            ("# a comment\nPrefix(:=<http://x#>)\nOntology(<http://x>)", OwlFormat::Functional),
            ("SubClassOf(a:b a:c)", OwlFormat::Functional),
            ("@prefix : <http://x#> .\n:a a :b .", OwlFormat::Turtle),
            ("PREFIX a: <http://x#>\na:b a a:c .", OwlFormat::Turtle),
            ("<http://x#a> a <http://x#b> ;\n  <http://x#p> 5 .", OwlFormat::Turtle),
            (
                "<http://x#a> <http://x#p> <http://x#b> .\n_:a <http://x#p> \"x\" .",
                OwlFormat::NTriples,
            ),
            ("Prefix: : <http://x#>\nOntology: <http://x>", OwlFormat::Manchester),
            ("{\"@context\": {}, \"@id\": \"http://x#a\"}", OwlFormat::JsonLd),
            ("\u{feff}[\n  {\"@id\": \"http://x#a\"}]", OwlFormat::JsonLd),
            ("[ a <http://x#b> ] .", OwlFormat::Turtle),
            ("Class: a:Dam", OwlFormat::Manchester),
            ("! rivers\nformat-version: 1.2\n\n[Term]\nid: A:1", OwlFormat::Obo),
        ];
        for (text, format) in cases {
            assert_eq!(detect(text.as_bytes()), Some(format), "{text}");
        }
    }

    #[test]
    fn what_is_no_owl_has_no_syntax() {
        for text in ["", "  \n", "# River\n\nA river.", "{\"a\": 1}", "<html><body>", "<", "<!--"] {
            assert_eq!(detect(text.as_bytes()), None, "{text}");
        }
    }
}
