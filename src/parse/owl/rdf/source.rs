//! Documents as graphs: the parsers of three syntaxes, with the lines of their triples.
//!
//! The parsers take names that are none, for one of them must not cost a document; they are told.

use oxrdfxml::RdfXmlParser;
use oxttl::{NTriplesParser, TurtleParser, TurtleSyntaxError};

use super::super::guard::{self, refused};
use super::graph::{Draft, Graph};
use super::pieces::Pieces;
use super::terms::TooLong;
use crate::parse::Rejection;
use crate::parse::findings::Findings;

/// Characters of a parser's own message that are shown: it may quote the document.
const MESSAGE_CHARS: usize = 200;

/// The graph of an RDF/XML document.
pub(super) fn rdf_xml(text: &str, base: &str, findings: &mut Findings) -> Result<Graph, Rejection> {
    let tags = guard::check_xml(text, guard::LARGEST_NESTING)?;
    if let Some(line) = tags.left_out {
        let message = "what is in an element with an unknown rdf:parseType is not read";
        findings.error("unknown_parse_type", line, message);
    }
    let mut lines = tags.lines();
    let mut draft = Draft::new(text.len());
    let parser = RdfXmlParser::new().lenient();
    let parser = match parser.clone().with_base_iri(base) {
        Ok(parser) => parser,
        Err(_) => parser,
    };
    let mut parser = parser.for_slice(text);
    while let Some(triple) = parser.next() {
        let position = parser.buffer_position() as usize;
        let triple =
            triple.map_err(|error| broken("bad_xml", place(text, position), &error.to_string()))?;
        draft.add(&triple, lines.at(position)).map_err(too_long)?;
    }
    Ok(draft.finish(findings))
}

/// The graph of a Turtle document.
pub(super) fn turtle(text: &str, base: &str, findings: &mut Findings) -> Result<Graph, Rejection> {
    let parser = TurtleParser::new().lenient();
    let parser = match parser.clone().with_base_iri(base) {
        Ok(parser) => parser,
        Err(_) => parser,
    };
    let mut parser = parser.low_level();
    let mut draft = Draft::new(text.len());
    let mut pieces = Pieces::new(text);
    let mut line = 1;
    loop {
        let piece = pieces.next()?;
        match &piece {
            Some(piece) => {
                line = piece.line;
                parser.extend_from_slice(piece.text.as_bytes());
            }
            None => parser.end(),
        }
        while let Some(triple) = parser.parse_next() {
            let triple = triple.map_err(|error| broken_turtle("bad_turtle", text, &error))?;
            draft.add(&triple, line).map_err(too_long)?;
        }
        if piece.is_none() {
            return Ok(draft.finish(findings));
        }
    }
}

/// The graph of an N-Triples document, which has a triple on each line.
pub(super) fn n_triples(text: &str, findings: &mut Findings) -> Result<Graph, Rejection> {
    let mut parser = NTriplesParser::new().lenient().low_level();
    let mut draft = Draft::new(text.len());
    let mut lines = (1..).zip(text.split_inclusive('\n'));
    let mut number = 1;
    loop {
        let line = lines.next();
        match line {
            Some((at, line)) => {
                if line.len() > guard::LARGEST_LITERAL_BYTES {
                    let message = format!("line {at} has {} bytes", line.len());
                    return Err(refused("literal_too_long", message));
                }
                number = at;
                parser.extend_from_slice(line.as_bytes());
            }
            None => parser.end(),
        }
        while let Some(triple) = parser.parse_next() {
            let triple = triple.map_err(|error| broken_turtle("bad_n_triples", text, &error))?;
            draft.add(&triple, number).map_err(too_long)?;
        }
        if line.is_none() {
            return Ok(draft.finish(findings));
        }
    }
}

pub(super) fn too_long(TooLong: TooLong) -> Rejection {
    refused("expands_too_far", "its IRIs and texts written out are far longer than the document")
}

fn broken_turtle(code: &'static str, text: &str, error: &TurtleSyntaxError) -> Rejection {
    let offset = error.location().start.offset as usize;
    broken(code, place(text, offset), error.message())
}

/// The line and the column, both from 1, of an offset.
pub(super) fn place(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1;
    (line, before[start..].chars().count() + 1)
}

pub(super) fn broken(
    code: &'static str,
    (line, column): (usize, usize),
    reason: &str,
) -> Rejection {
    let shown: String =
        reason.chars().take(MESSAGE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    refused(code, format!("line {line}, column {column}: {shown}"))
}
