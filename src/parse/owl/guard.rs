//! What is too much of an XML or a JSON document, found before a parser sees it.
//!
//! A scan that builds nothing and never looks back. It follows the parser in where markup begins
//! and ends, so that nothing is hidden from it; what is not well-formed is the parser's to say.

use std::collections::HashMap;

use memchr::memmem::find;
use memchr::{memchr, memchr_iter, memchr2_iter, memchr3};

use crate::parse::{Rejection, Stage};

/// Elements within each other, and brackets in Turtle. RDF/XML has two elements for each level of
/// an expression, and lists that are written out cell by cell two for each item. The parser keeps
/// a stack and does not recurse, but looks through it for the language of each text.
pub(super) const LARGEST_NESTING: usize = 1_024;

/// Bytes of one text. A picture that somebody has put in an annotation still fits.
pub(super) const LARGEST_LITERAL_BYTES: usize = 8 << 20;

/// Bytes of an IRI or a namespace. Names are made of these over and over.
pub(super) const LARGEST_IRI_BYTES: usize = 8 << 10;

/// Attributes of one element: each is compared with all before it.
const MOST_ATTRIBUTES: usize = 1_000;

/// Bytes of one start tag; texts may be attributes.
const LARGEST_TAG_BYTES: usize = 1 << 20;

/// Namespaces declared at one place: each name is compared with all of them.
const MOST_NAMESPACES: usize = 1_000;

/// How many times its own length a document may grow by its entities. They stand for namespaces
/// as a rule and make each name about four times longer.
const LARGEST_GROWTH: u64 = 16;

/// What a document may grow by however small it is.
const FREE_GROWTH_BYTES: u64 = 1 << 20;

/// A rejection by a limit or by broken syntax.
pub(super) fn refused(code: &'static str, message: impl Into<String>) -> Rejection {
    Rejection { stage: Stage::Parse, code, message: message.into() }
}

/// Checks a JSON document against the limits on nesting and on texts.
///
/// # Errors
///
/// A rejection that names the limit.
pub(super) fn check_json(text: &str) -> Result<(), Rejection> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let length = string_length(&bytes[at..]);
                if length > LARGEST_LITERAL_BYTES {
                    let message = format!("a text has {length} bytes");
                    return Err(refused("literal_too_long", message));
                }
                at += length - 1;
            }
            _ => {}
        }
        if depth > LARGEST_NESTING {
            let message = format!("objects and lists nest deeper than {LARGEST_NESTING} levels");
            return Err(refused("nested_too_deep", message));
        }
        at += 1;
    }
    Ok(())
}

/// The length of the string that `bytes` begin with, its quotes included.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += next;
        match bytes[at] {
            b'"' => return at + 1,
            _ => at += 2,
        }
    }
    bytes.len()
}

/// Where tags end, and the lines that their elements begin on.
#[derive(Debug, Default)]
pub(super) struct Tags {
    ends: Vec<(usize, u32)>,
    /// The line of the first element whose content the parser of RDF/XML leaves out, for it
    /// does not know its `rdf:parseType`.
    pub(super) left_out: Option<u32>,
}

/// Gives lines for positions that come in their order.
pub(super) struct Lines<'a> {
    rest: &'a [(usize, u32)],
    line: u32,
}

impl Tags {
    pub(super) fn lines(&self) -> Lines<'_> {
        Lines { rest: &self.ends, line: 0 }
    }
}

impl Lines<'_> {
    /// The line that the element begins on whose tag ends at or before a position.
    pub(super) fn at(&mut self, position: usize) -> u32 {
        while let [(end, line), rest @ ..] = self.rest
            && *end <= position
        {
            self.line = *line;
            self.rest = rest;
        }
        self.line
    }
}

/// Checks a document against every limit, elements within `most_nested` others among them, and finds the lines of its elements.
///
/// # Errors
///
/// A rejection that names the limit, or `bad_xml` if elements are open at the end or there
/// are none.
pub(super) fn check_xml(text: &str, most_nested: usize) -> Result<Tags, Rejection> {
    let mut scan = Scan {
        text,
        most_nested,
        at: 0,
        counted_to: 0,
        line: 1,
        entities: HashMap::new(),
        growth_left: text.len() as u64 * LARGEST_GROWTH + FREE_GROWTH_BYTES,
        open: Vec::new(),
        namespaces: 0,
        namespace_bytes: 0,
        tags: Tags::default(),
    };
    while scan.markup()? {}
    if !scan.open.is_empty() {
        let message = format!("the document ends within {} open elements", scan.open.len());
        return Err(refused("bad_xml", message));
    }
    if scan.tags.ends.is_empty() {
        return Err(refused("bad_xml", "the document holds no element"));
    }
    Ok(scan.tags)
}

/// An element that is not closed yet.
struct Element {
    line: u32,
    namespaces: usize,
    namespace_bytes: usize,
    /// Whether what is inside is kept as text, with all namespaces on each part.
    is_literal: bool,
}

struct Scan<'a> {
    text: &'a str,
    most_nested: usize,
    at: usize,
    /// Up to where lines are counted.
    counted_to: usize,
    line: u32,
    /// How long entities are, written out.
    entities: HashMap<&'a str, u64>,
    growth_left: u64,
    open: Vec<Element>,
    /// Namespaces that are declared here, and their bytes.
    namespaces: usize,
    namespace_bytes: usize,
    tags: Tags,
}

impl<'a> Scan<'a> {
    /// Goes on behind the next piece of markup; false at the end.
    fn markup(&mut self) -> Result<bool, Rejection> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = memchr(b'<', rest).unwrap_or(rest.len());
        if length > LARGEST_LITERAL_BYTES {
            let message =
                format!("a text has {length} bytes; at most {LARGEST_LITERAL_BYTES} are read");
            return Err(refused("literal_too_long", message));
        }
        let grown = self.expanded(&self.text[self.at..self.at + length]);
        self.grow(grown)?;
        self.at += length;
        let rest = &rest[length..];
        let end = match rest.get(1) {
            None => None,
            Some(b'!') => self.declaration(rest)?,
            Some(b'?') => find(&rest[1..], b"?>").map(|end| end + 3),
            Some(b'/') => {
                let end = self.tag(rest)?;
                if let (Some(end), Some(element)) = (end, self.open.pop()) {
                    self.namespaces -= element.namespaces;
                    self.namespace_bytes -= element.namespace_bytes;
                    self.tags.ends.push((self.at + end, element.line));
                }
                end
            }
            Some(_) => self.start(rest)?,
        };
        // What does not end is for the parser to report.
        self.at = end.map_or(self.text.len(), |end| self.at + end);
        Ok(end.is_some())
    }

    /// The line of the position that the scan has come to.
    fn line(&mut self) -> u32 {
        let passed = &self.text.as_bytes()[self.counted_to..self.at];
        self.line += memchr_iter(b'\n', passed).count() as u32;
        self.counted_to = self.at;
        self.line
    }

    /// The length of a comment, a section of characters or a document type.
    fn declaration(&mut self, rest: &'a [u8]) -> Result<Option<usize>, Rejection> {
        match rest.get(2) {
            Some(b'-') => Ok(rest.get(4..).and_then(|it| find(it, b"-->")).map(|end| end + 7)),
            Some(b'[') => {
                let end = find(&rest[3..], b"]]>").map(|end| end + 6);
                if end.is_some_and(|end| end > LARGEST_LITERAL_BYTES) {
                    let message = format!("a text has more than {LARGEST_LITERAL_BYTES} bytes");
                    return Err(refused("literal_too_long", message));
                }
                Ok(end)
            }
            _ => {
                // The parser counts angle brackets, in quotes and out of them.
                let mut depth = 0;
                let end = memchr2_iter(b'<', b'>', rest).find(|at| {
                    if rest[*at] == b'<' {
                        depth += 1
                    } else {
                        depth -= 1
                    }
                    depth == 0
                });
                if let Some(end) = end {
                    self.document_type(&self.text[self.at..self.at + end])?;
                }
                Ok(end.map(|end| end + 1))
            }
        }
    }

    /// Measures entities. One may use those before it; one that uses a later one or itself is
    /// refused by the parser, so nothing here is endless.
    fn document_type(&mut self, declared: &'a str) -> Result<(), Rejection> {
        for declaration in declared.split('<').skip(2) {
            let Some(entity) = declaration.strip_prefix("!ENTITY") else { continue };
            let entity = entity.trim_start();
            let entity = entity.strip_prefix('%').unwrap_or(entity).trim_start();
            let Some((name, value)) = entity.split_once(|c: char| c.is_ascii_whitespace()) else {
                continue;
            };
            let value = value.trim_start();
            if value.starts_with("SYSTEM") || value.starts_with("PUBLIC") {
                let message = "an entity is declared that lies outside of the document";
                return Err(refused("external_entity", message));
            }
            let Some(value) = value.strip_prefix('"').and_then(|value| value.split('"').next())
            else {
                continue;
            };
            let bytes = self.expanded(value);
            self.grow(bytes)?;
            self.entities.insert(name, bytes);
        }
        Ok(())
    }

    /// How many bytes a text has with its entities written out.
    fn expanded(&self, text: &str) -> u64 {
        let mut bytes = text.len() as u64;
        if self.entities.is_empty() {
            return bytes;
        }
        for part in text.split('&').skip(1) {
            if let Some((name, _)) = part.split_once(';') {
                bytes += self.entities.get(name).copied().unwrap_or_default();
            }
        }
        bytes
    }

    fn grow(&mut self, bytes: u64) -> Result<(), Rejection> {
        match self.growth_left.checked_sub(bytes) {
            Some(left) => {
                self.growth_left = left;
                Ok(())
            }
            None => {
                let message = format!(
                    "with its entities written out the document is more than {LARGEST_GROWTH} times longer"
                );
                Err(refused("entity_expansion", message))
            }
        }
    }

    /// The length of a tag: quotes may hold what ends one.
    fn tag(&mut self, rest: &[u8]) -> Result<Option<usize>, Rejection> {
        let mut at = 0;
        let end = loop {
            let Some(found) = memchr3(b'>', b'"', b'\'', &rest[at..]) else { break None };
            at += found + 1;
            let quote = rest[at - 1];
            if quote == b'>' {
                break Some(at);
            }
            let Some(closing) = memchr(quote, &rest[at..]) else { break None };
            at += closing + 1;
        };
        let length = end.unwrap_or(rest.len());
        if length > LARGEST_TAG_BYTES {
            let message = format!(
                "the tag on line {} has {length} bytes; at most {LARGEST_TAG_BYTES} are read",
                self.line()
            );
            return Err(refused("tag_too_long", message));
        }
        Ok(end)
    }

    fn start(&mut self, rest: &'a [u8]) -> Result<Option<usize>, Rejection> {
        let Some(end) = self.tag(rest)? else { return Ok(None) };
        let line = self.line();
        if self.open.last().is_some_and(|parent| parent.is_literal) {
            // Each part of a literal is given all namespaces, and they are compared pairwise.
            let compared = self.namespaces * self.namespaces / 8;
            self.grow((self.namespace_bytes + compared) as u64)?;
        }
        let element = self.attributes(&self.text[self.at..self.at + end], line)?;
        let is_empty = rest[..end].ends_with(b"/>");
        self.tags.ends.push((self.at + end, line));
        self.namespaces += element.namespaces;
        self.namespace_bytes += element.namespace_bytes;
        if self.namespaces > MOST_NAMESPACES {
            let message =
                format!("more than {MOST_NAMESPACES} namespaces are declared on line {line}");
            return Err(refused("too_many_namespaces", message));
        }
        if is_empty {
            self.namespaces -= element.namespaces;
            self.namespace_bytes -= element.namespace_bytes;
            return Ok(Some(end));
        }
        self.open.push(element);
        if self.open.len() > self.most_nested {
            let message =
                format!("line {line} is nested deeper than {} elements", self.most_nested);
            return Err(refused("nested_too_deep", message));
        }
        Ok(Some(end))
    }

    fn attributes(&mut self, tag: &'a str, line: u32) -> Result<Element, Rejection> {
        let mut element = Element { line, namespaces: 0, namespace_bytes: 0, is_literal: false };
        let (mut rest, mut count) = (tag, 0);
        while let Some(at) = rest.find(['"', '\'']) {
            let (before, quoted) = rest.split_at(at);
            let quote = &quoted[..1];
            let Some((value, after)) = quoted[1..].split_once(quote) else { break };
            rest = after;
            count += 1;
            if count > MOST_ATTRIBUTES {
                let message =
                    format!("an element on line {line} has more than {MOST_ATTRIBUTES} attributes");
                return Err(refused("too_many_attributes", message));
            }
            let bytes = self.expanded(value);
            self.grow(bytes)?;
            let name = before.trim_end().trim_end_matches('=').trim_end();
            let name = name.rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or(name);
            let is_namespace = name.starts_with("xmlns");
            if (is_namespace || name == "xml:base") && bytes > LARGEST_IRI_BYTES as u64 {
                let message = format!(
                    "a namespace on line {line} has {bytes} bytes; at most {LARGEST_IRI_BYTES} are read"
                );
                return Err(refused("iri_too_long", message));
            }
            if is_namespace {
                element.namespaces += 1;
                element.namespace_bytes += name.len() + value.len();
            }
            // Of whatever namespace: an entity or a prefix may hide which it is.
            let is_parsed = name.ends_with("parseType");
            element.is_literal |= is_parsed && !matches!(value, "Collection" | "Resource");
            if is_parsed && !matches!(value, "Collection" | "Literal" | "Resource") {
                self.tags.left_out.get_or_insert(line);
            }
        }
        Ok(element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        check_xml(text, LARGEST_NESTING).map_or_else(|rejection| rejection.code, |_| "read")
    }

    #[test]
    fn lines_are_those_on_which_elements_begin() {
        let text = "<!-- >\n --><a\nx='>'>\n<b/>text</a>";
        let tags = check_xml(text, LARGEST_NESTING).expect("small");
        let mut lines = tags.lines();
        let at = |text: &str, part: &str| text.find(part).map_or(0, |at| at + part.len());
        assert_eq!(lines.at(0), 0);
        assert_eq!(lines.at(at(text, "'>'>")), 2);
        assert_eq!(lines.at(at(text, "<b/>")), 4);
        assert_eq!(lines.at(at(text, "</a>")), 2);
    }

    #[test]
    fn a_document_that_ends_within_an_element_is_broken() {
        assert_eq!(code("<a><b></b>"), "bad_xml");
        assert_eq!(code("<a><b></b></a>"), "read");
        assert_eq!(code("<a><![CDATA[ <b> ]]></a>"), "read");
    }

    #[test]
    fn entities_are_common_and_bombs_are_refused() {
        let doctype = "<!DOCTYPE rdf:RDF [ <!ENTITY owl \"http://www.w3.org/2002/07/owl#\" > ]>";
        assert_eq!(code(&format!("{doctype}<a x='&owl;'/>")), "read");
        let mut bomb = "<!DOCTYPE a [<!ENTITY x0 \"xxxxxxxxxx\">".to_owned();
        for level in 1..40 {
            let before = format!("&x{};", level - 1).repeat(4);
            bomb.push_str(&format!("<!ENTITY x{level} \"{before}\">"));
        }
        bomb.push_str("]><a>&x39;</a>");
        assert_eq!(code(&bomb), "entity_expansion");
        let external = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
        assert_eq!(code(external), "external_entity");
        let system = "<!DOCTYPE a SYSTEM \"a.dtd\"><a/>";
        assert_eq!(code(system), "read");
    }

    #[test]
    fn namespaces_attributes_and_levels_are_counted() {
        let many: String = (0..40_000).map(|at| format!(" xmlns:n{at}='u:{at}'")).collect();
        assert_eq!(code(&format!("<a{many}/>")), "too_many_attributes");
        let some: String = (0..800).map(|at| format!(" xmlns:n{at}='u:{at}'")).collect();
        assert_eq!(code(&format!("<a{some}><b{some}/></a>")), "too_many_namespaces");
        assert_eq!(code(&format!("<a{some}/><b{some}/>")), "read");
        let deep = "<a>".repeat(LARGEST_NESTING + 1);
        assert_eq!(code(&deep), "nested_too_deep");
        assert_eq!(code(&format!("<a x='{}'/>", "x".repeat(LARGEST_TAG_BYTES))), "tag_too_long");
        let long = "x".repeat(LARGEST_IRI_BYTES + 1);
        assert_eq!(code(&format!("<a xmlns='{long}'/>")), "iri_too_long");
    }

    #[test]
    fn literals_that_would_repeat_every_namespace_are_refused() {
        let some: String = (0..900).map(|at| format!(" xmlns:n{at}='u:{at}'")).collect();
        let parts = "<i/>".repeat(20_000);
        let text = format!("<a{some}><b rdf:parseType='Literal'>{parts}</b></a>");
        assert_eq!(code(&text), "entity_expansion");
    }
}
