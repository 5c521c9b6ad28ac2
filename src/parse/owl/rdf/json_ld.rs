//! The graph of a JSON-LD document. Contexts are given or built in; nothing is fetched.

use std::cell::Cell;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use oxjsonld::{JsonLdParseError, JsonLdParser, JsonLdRemoteDocument};

use super::super::guard::{self, refused};
use super::graph::{Draft, Graph};
use super::source::{broken, place, too_long};
use crate::parse::findings::Findings;
use crate::parse::{Contexts, Rejection};

/// Reads a document. A triple stands on the line that its node ends on, as far as the parser
/// tells.
pub(super) fn graph(
    text: &str,
    base: &str,
    contexts: &Contexts,
    findings: &mut Findings,
) -> Result<Graph, Rejection> {
    guard::check_json(text)?;
    let line = Cell::new(0);
    let unknown = Arc::new(Mutex::new(None));
    let (known, missed) = (Arc::clone(contexts), Arc::clone(&unknown));
    let parser = JsonLdParser::new().lenient();
    let parser = match parser.clone().with_base_iri(base) {
        Ok(parser) => parser,
        Err(_) => parser,
    };
    let parser = parser.for_reader(ByLine::new(text, &line)).with_load_document_callback(
        move |address, _| match known.get(address) {
            Some(document) => Ok(JsonLdRemoteDocument {
                document: document.clone().into_bytes(),
                document_url: address.to_owned(),
            }),
            None => {
                let mut missed = missed.lock().unwrap_or_else(PoisonError::into_inner);
                missed.get_or_insert(address.to_owned());
                // Told below: the parser panics where a context within another is refused.
                Ok(JsonLdRemoteDocument {
                    document: b"{\"@context\": {}}".to_vec(),
                    document_url: address.to_owned(),
                })
            }
        },
    );
    let mut draft = Draft::new(text.len());
    for quad in parser {
        if let Some(address) = unknown.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Err(unknown_context(&address));
        }
        let quad = quad.map_err(|error| explain(text, line.get(), &error))?;
        draft.add(&quad.into(), line.get()).map_err(too_long)?;
    }
    if let Some(address) = unknown.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(unknown_context(&address));
    }
    Ok(draft.finish(findings))
}

fn unknown_context(address: &str) -> Rejection {
    let message = format!(
        "the context {address} is not known and nothing is fetched; `contexts` of the source can \
         name a file for it"
    );
    refused("unknown_context", message)
}

fn explain(text: &str, line: u32, error: &JsonLdParseError) -> Rejection {
    let location = match error {
        JsonLdParseError::Syntax(error) => error.location(),
        JsonLdParseError::Io(_) => None,
    };
    match location {
        Some(range) => {
            broken("bad_json_ld", place(text, range.start.offset as usize), &error.to_string())
        }
        // Of several reasons the parser tells any.
        None => {
            let reason = "its contexts or keywords are not such as JSON-LD 1.1 allows";
            broken("bad_json_ld", (line as usize, 1), reason)
        }
    }
}

/// Gives a document to its parser line by line, and tells on which one that is.
struct ByLine<'a> {
    rest: &'a [u8],
    begins_line: bool,
    line: &'a Cell<u32>,
}

impl<'a> ByLine<'a> {
    fn new(text: &'a str, line: &'a Cell<u32>) -> Self {
        Self { rest: text.as_bytes(), begins_line: true, line }
    }
}

impl Read for ByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = memchr::memchr(b'\n', self.rest).map_or(self.rest.len(), |end| end + 1);
        let length = line.min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest = &self.rest[length..];
        if self.begins_line && length > 0 {
            self.line.set(self.line.get() + 1);
        }
        self.begins_line = length == line;
        Ok(length)
    }
}
