//! Which syntax a document is written in: told by its content, for names lie.
//!
//! Of real files called `.owl` nine in ten are RDF/XML, and the others are functional syntax,
//! Manchester syntax and Turtle.

use super::tokens::{Kind, Tokens};
use crate::record::OwlFormat;

/// How far into a document is looked for what tells its syntax.
const HEAD_BYTES: usize = 64 * 1024;

/// Lines that must each be a triple, for a document to be called N-Triples.
const TRIPLE_LINES: usize = 20;

/// What a Manchester document may begin with.
const FRAMES: [&str; 16] = [
    "AnnotationProperty",
    "Annotations",
    "Class",
    "DataProperty",
    "Datatype",
    "DifferentIndividuals",
    "DisjointClasses",
    "DisjointProperties",
    "EquivalentClasses",
    "EquivalentProperties",
    "Import",
    "Individual",
    "ObjectProperty",
    "Ontology",
    "Prefix",
    "SameIndividual",
];

/// What an OBO document may begin with, after comments: tags of its header (OBO 1.4, 3.2).
const HEADER_TAGS: [&str; 18] = [
    "auto-generated-by",
    "data-version",
    "date",
    "default-namespace",
    "default-relationship-id-prefix",
    "format-version",
    "id-mapping",
    "idspace",
    "import",
    "namespace-id-rule",
    "ontology",
    "owl-axioms",
    "property_value",
    "remark",
    "saved-by",
    "subsetdef",
    "synonymtypedef",
    "version",
];

/// The syntax of a document, told by its first token; `None` if that is of none that is known.
pub(super) fn detect(content: &[u8]) -> Option<OwlFormat> {
    let head = String::from_utf8_lossy(&content[..content.len().min(HEAD_BYTES)]);
    let head = head.trim_start_matches('\u{feff}');
    let rest = head.trim_start();
    if rest.starts_with('<') && is_tag(rest) {
        return xml(rest);
    }
    if is_json_ld(rest) {
        return Some(OwlFormat::JsonLd);
    }
    let (rest, is_obo) = behind_comments(rest);
    if is_obo || is_header(rest) {
        return Some(OwlFormat::Obo);
    }
    if functional(rest) {
        return Some(OwlFormat::Functional);
    }
    if is_frame(rest) {
        return Some(OwlFormat::Manchester);
    }
    if is_directive(rest) {
        return Some(OwlFormat::Turtle);
    }
    if !is_node(rest) {
        return None;
    }
    let lines = rest.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let are_triples = lines.by_ref().take(TRIPLE_LINES).all(is_triple);
    Some(if are_triples { OwlFormat::NTriples } else { OwlFormat::Turtle })
}

/// Whether JSON begins, with a keyword of JSON-LD in it.
fn is_json_ld(text: &str) -> bool {
    // A list in Turtle begins like one in JSON, but never holds an object.
    let inside = text.strip_prefix('[').map_or(text, str::trim_start);
    let keywords = ["\"@context\"", "\"@graph\"", "\"@id\"", "\"@type\""];
    inside.starts_with('{') && keywords.iter().any(|keyword| text.contains(keyword))
}

/// Whether there is nothing but comments, as a document that states nothing may be.
pub(super) fn is_comment(content: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with(['#', '!']) && behind_comments(text).0.is_empty()
}

/// The text behind the comments that it begins with, and whether they are such as only OBO has.
fn behind_comments(text: &str) -> (&str, bool) {
    let (mut rest, mut is_obo) = (text, false);
    while rest.starts_with(['#', '!']) {
        is_obo |= rest.starts_with('!');
        rest = rest.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    (rest, is_obo)
}

/// Whether the first line is one of an OBO document.
fn is_header(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    let is_stanza = ["[Term]", "[Typedef]", "[Instance]"].contains(&line.trim_end());
    let tag = line.split_once(':').map_or("", |(tag, _)| tag);
    is_stanza || HEADER_TAGS.contains(&tag)
}

/// Whether the first word opens a frame of Manchester syntax.
fn is_frame(text: &str) -> bool {
    let Some((word, rest)) = text.split_once(':') else { return false };
    // Without white space it is a name of Turtle.
    FRAMES.contains(&word) && rest.starts_with(|c: char| c.is_whitespace())
}

/// Whether the first word is one that declares a prefix or a base in Turtle.
fn is_directive(text: &str) -> bool {
    if text.starts_with("@prefix") || text.starts_with("@base") {
        return true;
    }
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let is_word = word.eq_ignore_ascii_case("prefix") || word.eq_ignore_ascii_case("base");
    is_word && rest.starts_with(|c: char| c.is_whitespace() || c == '<')
}

/// Whether a node of a graph stands first: an IRI, one without a name, or a list.
fn is_node(text: &str) -> bool {
    let is_iri = text.strip_prefix('<').is_some_and(|rest| {
        rest.find(['>', '\n', '"', '{', '}']).is_some_and(|end| rest[end..].starts_with('>'))
    });
    is_iri || text.starts_with("_:") || text.starts_with(['[', '('])
}

/// Whether `<` begins a tag and not an IRI.
fn is_tag(text: &str) -> bool {
    let inside = &text[1..];
    let end = inside.find(|c: char| c == '>' || c.is_whitespace()).unwrap_or(inside.len());
    let name = &inside[..end];
    let local = name.rsplit(':').next().unwrap_or_default();
    // A tag without attributes is a root of XML or a page of a browser; an IRI has no space.
    inside.starts_with(['?', '!'])
        || !inside[end..].starts_with('>') && !name.contains("//")
        || ["RDF", "Ontology", "html"].contains(&local)
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

/// Whether a line is a whole triple as N-Triples has them.
fn is_triple(line: &str) -> bool {
    let term = |c: char| c.is_ascii_whitespace();
    let mut terms = line.splitn(3, term).map(str::trim_start);
    let (subject, property) = (terms.next().unwrap_or_default(), terms.next().unwrap_or_default());
    let object = terms.next().and_then(|rest| rest.trim_end().strip_suffix('.'));
    let is_name = |text: &str| text.starts_with('<') && text.ends_with('>');
    (is_name(subject) || subject.starts_with("_:"))
        && is_name(property)
        && object.is_some_and(|object| {
            let object = object.trim_end();
            object.starts_with("_:") || object.starts_with('"') || is_name(object)
        })
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
            ("[Term]\nid: A:1", OwlFormat::Obo),
            ("\u{feff}@prefix : <http://x#> .", OwlFormat::Turtle),
            ("\u{feff}Ontology: <http://x>", OwlFormat::Manchester),
            ("PREFIX\ta: <http://x#>", OwlFormat::Turtle),
            ("base  <http://x>\n<#a> a <#b> .", OwlFormat::Turtle),
            ("<> a <http://x#o> .", OwlFormat::Turtle),
            ("( 1 2 ) <http://x#p> 3 .", OwlFormat::Turtle),
            ("[] a <http://x#o> .", OwlFormat::Turtle),
            ("<http://x#a> <http://x#p> 12 .", OwlFormat::Turtle),
            ("<mailto:a@b> <http://x#p> \"A\" .", OwlFormat::NTriples),
            (
                "@prefix : <http://x#> .\n:a :b \"\"\"\nformat-version: 1.2\n\"\"\" .",
                OwlFormat::Turtle,
            ),
            (
                "Prefix: : <http://x#>\nClass: :A Annotations: :n \"\n[Term]\n\"",
                OwlFormat::Manchester,
            ),
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

    #[test]
    fn comments_alone_are_told_from_what_is_damaged() {
        let are = ["# a", "# a\n\n# b\n", "! a\n"].map(|text| is_comment(text.as_bytes()));
        assert_eq!(are, [true; 3]);
        assert!(!["", "\n", "# a\nb", "a"].iter().any(|text| is_comment(text.as_bytes())));
    }
}
