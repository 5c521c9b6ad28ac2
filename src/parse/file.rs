//! Files: ontology pages and OWL documents, told apart by name and content.

use std::fmt;
#[cfg(feature = "owl")]
use std::sync::Arc;

#[cfg(feature = "owl")]
use super::Contexts;
use super::owl;
#[cfg(feature = "owl")]
use super::owl::{InThread, Translator};
use super::page::{PageParser, PageSettings};
use super::{Parsed, Parser, Rejection, Stage};
use crate::fingerprint::Reading;
use crate::item::{ItemKey, SkipReason, SourceItem};

/// Extensions of pages, whatever is in them.
const PAGES: [&str; 2] = ["md", "markdown"];

/// Extensions of OWL documents.
const DOCUMENTS: [&str; 9] = ["owl", "ofn", "rdf", "owx", "ttl", "nt", "omn", "obo", "jsonld"];

/// Reads every kind of file that an ontology is kept in.
#[derive(Clone)]
pub struct FileParser {
    pages: PageParser,
    #[cfg(feature = "owl")]
    contexts: Contexts,
    #[cfg(feature = "owl")]
    translator: Arc<dyn Translator>,
}

impl fmt::Debug for FileParser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileParser").field("pages", &self.pages).finish_non_exhaustive()
    }
}

impl FileParser {
    /// A parser that does all its work in the thread that asks.
    pub fn new(settings: PageSettings) -> Self {
        Self {
            #[cfg(feature = "owl")]
            contexts: super::page::json_ld::contexts(&settings),
            pages: PageParser::new(settings),
            #[cfg(feature = "owl")]
            translator: Arc::new(InThread),
        }
    }

    /// The same, with foreign syntaxes read by this translator.
    #[cfg(feature = "owl")]
    pub fn translated_by(self, translator: Arc<dyn Translator>) -> Self {
        Self { translator, ..self }
    }
}

impl Parser for FileParser {
    fn reading(&self) -> Reading {
        self.pages.reading()
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        if has_extension(&item.key, &PAGES) {
            return self.pages.parse(item);
        }
        let format = owl::detect(&item.content).filter(|_| !is_plain_json(item));
        let Some(format) = format else { return self.parse_other(item) };
        let prefixes = &self.pages.settings().prefixes;
        let document = owl::Document {
            item,
            format,
            prefixes,
            #[cfg(feature = "owl")]
            contexts: &self.contexts,
        };
        #[cfg(feature = "owl")]
        return document.read(&*self.translator);
        #[cfg(not(feature = "owl"))]
        document.read()
    }
}

impl FileParser {
    /// Reads a file whose content is of no known syntax. Under the name of a document it is
    /// damaged, and not left out.
    fn parse_other(&self, item: &SourceItem) -> Parsed {
        match self.pages.parse(item) {
            Parsed::Skipped { reason: SkipReason::NoMarkers, .. }
                if has_extension(&item.key, &DOCUMENTS) =>
            {
                if owl::is_comment(&item.content) {
                    let (reason, detail) = (SkipReason::NoMarkers, "only comments".to_owned());
                    return Parsed::Skipped { reason, detail };
                }
                let message = match item.content.trim_ascii().first() {
                    Some(b'<') => "markup that is no ontology, such as a page of a web server",
                    Some(_) => "its content is of no syntax that ontologies are written in",
                    None => "an empty file",
                };
                let (stage, message) = (Stage::Parse, message.to_owned());
                Parsed::Rejected(Rejection { stage, code: "unknown_syntax", message })
            }
            parsed => parsed,
        }
    }
}

/// Whether a file is JSON by its name and cites no context: other programs use the other keywords
/// of JSON-LD for ends of their own.
fn is_plain_json(item: &SourceItem) -> bool {
    let has_context = || memchr::memmem::find(&item.content, b"\"@context\"").is_some();
    has_extension(&item.key, &["json"]) && !has_context()
}

/// Whether a file's name ends in one of these extensions, whatever their case.
fn has_extension(key: &ItemKey, known: &[&str]) -> bool {
    let (_, extension) = key.as_str().rsplit_once('.').unwrap_or_default();
    known.iter().any(|known| extension.eq_ignore_ascii_case(known))
}
