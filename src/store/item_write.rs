//! One item's outcome as it is handed to the writer: which item, where it was decided, and what
//! became of it.

use serde::Serialize;

use crate::fingerprint::{Digest, Reading};
use crate::item::{ItemKey, Sequence, SkipReason};
use crate::record::{Dialect, Document, Fence, OwlDocument, Page, Rejection};

/// A source as the store knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceRow {
    /// Its row.
    pub id: i64,
    /// The row of the ontology its items state things about.
    pub ontology_id: i64,
    /// The type of its items' documents, where they are rows of an entity.
    pub document_type: Option<i64>,
}

/// Where in which job an item was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobPlace {
    /// The job's row.
    pub job_id: i64,
    /// The attempt of the job, from 1.
    pub attempt: u32,
    /// The item's place in it.
    pub sequence: Sequence,
}

/// When an item's content was read; a later reading is never overwritten by an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadOrder {
    /// The epoch of the lease under which it was read.
    pub epoch: i64,
    /// Counts up within the epoch.
    pub counter: i64,
}

/// One item's outcome, to be written.
#[derive(Debug)]
pub struct ItemWrite {
    /// Whose item it is.
    pub source: SourceRow,
    /// Which item.
    pub key: ItemKey,
    /// Where it was decided.
    pub place: JobPlace,
    /// When it was read.
    pub read: ReadOrder,
    /// Unix time in milliseconds.
    pub now_ms: i64,
    /// What became of it.
    pub result: ItemResult,
}

/// What became of an item.
#[derive(Debug)]
pub enum ItemResult {
    /// A page to store.
    Page {
        /// What it states, and the bytes it was read from.
        page: Box<PageWrite>,
        /// Which version this is.
        version: Version,
    },
    /// An OWL document to store.
    Ontology {
        /// What it states.
        ontology: Box<OntologyWrite>,
        /// Which version this is.
        version: Version,
    },
    /// A row's document to store.
    Document {
        /// What is found of it.
        document: Box<Document>,
        /// Which version this is.
        version: Version,
    },
    /// Left out.
    Skipped {
        /// Why.
        reason: SkipReason,
        /// What was seen, for a person.
        detail: String,
        /// The version whose content is the reason, if it is.
        version: Option<Version>,
    },
    /// Not usable; what was stored of it before stays.
    Rejected {
        /// Why.
        rejection: Rejection,
        /// The version that was rejected, if it could be read.
        version: Option<RejectedVersion>,
        /// How often it was tried now.
        attempts: u32,
    },
}

/// A page, ready to be written: whatever can be made of it without the store is made by
/// whoever hands it in, for one writer serves all.
#[derive(Debug)]
pub struct PageWrite {
    pub(super) page: Box<Page>,
    /// What it was read from.
    pub(super) content: PageContent,
    /// What it is found by, where that is not all of its content: without its JSON-LD, and with
    /// marks in place of what is not UTF-8.
    pub(super) readable: Option<String>,
    /// As JSON, like the next three.
    pub(super) properties: String,
    pub(super) fences: String,
    pub(super) links: String,
    /// The properties of each block.
    pub(super) block_properties: Vec<String>,
}

/// The content of a page, as text where it is UTF-8.
#[derive(Debug)]
pub(super) enum PageContent {
    Text(String),
    Bytes(Vec<u8>),
}

impl PageWrite {
    /// `page` as it was read from `content`.
    pub fn new(page: Box<Page>, content: Vec<u8>) -> Self {
        let prose = prose(&page.fences, &content);
        let content = match String::from_utf8(content) {
            Ok(text) => PageContent::Text(text),
            Err(error) => PageContent::Bytes(error.into_bytes()),
        };
        let readable = match (prose, &content) {
            (Some(prose), _) => Some(String::from_utf8_lossy(&prose).into_owned()),
            (None, PageContent::Bytes(bytes)) => Some(String::from_utf8_lossy(bytes).into_owned()),
            (None, PageContent::Text(_)) => None,
        };
        let links: Vec<_> =
            page.links.iter().map(|link| (&link.target.exact, link.line, link.count)).collect();
        Self {
            properties: json(&page.properties),
            fences: json(&page.fences),
            links: json(&links),
            block_properties: page.blocks.iter().map(|block| json(&block.properties)).collect(),
            page,
            content,
            readable,
        }
    }

    /// What it is found by.
    pub(super) fn readable(&self) -> &str {
        match (&self.readable, &self.content) {
            (Some(text), _) | (None, PageContent::Text(text)) => text,
            // Bytes have a readable text.
            (None, PageContent::Bytes(_)) => "",
        }
    }
}

/// A page's content without its JSON-LD fences and the lines that mark them; nothing if it has
/// none. They are statements, whose words would be found on every page.
fn prose(fences: &[Fence], content: &[u8]) -> Option<Vec<u8>> {
    let mut json_ld = fences.iter().filter(|fence| fence.dialect == Dialect::JsonLd).peekable();
    json_ld.peek()?;
    let mut prose = Vec::with_capacity(content.len());
    let mut at = 0;
    for fence in json_ld {
        // Both ends of a fence lie at the start of a line.
        let before = content[..fence.start_byte].trim_ascii_end();
        let opening = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |end| end + 1);
        prose.extend_from_slice(&content[at.min(opening)..opening]);
        let closing = match fence.closed {
            true => memchr::memchr2(b'\n', b'\r', &content[fence.end_byte..]),
            false => Some(0),
        };
        at = closing.map_or(content.len(), |length| fence.end_byte + length);
    }
    prose.extend_from_slice(&content[at..]);
    Some(prose)
}

/// An OWL document, ready to be written.
#[derive(Debug)]
pub struct OntologyWrite {
    pub(super) record: Box<OwlDocument>,
    /// As JSON.
    pub(super) triples: Option<String>,
    /// What it is found by.
    pub(super) document: Document,
}

impl OntologyWrite {
    /// What a document of this key states.
    pub fn new(record: Box<OwlDocument>, key: &ItemKey) -> Self {
        let triples = record.ontology.triples.map(|triples| {
            let Ok(json) = serde_json::to_string(&triples) else {
                unreachable!("numbers can be written as JSON");
            };
            json
        });
        let ontology = &record.ontology;
        let said = |annotation| ontology.said(annotation).into_owned();
        let iri = || ontology.iri.as_deref().map(str::to_owned);
        let title = ontology.label.map(said).or_else(iri);
        let document = Document {
            title: title.or_else(|| Some(key.as_str().to_owned())),
            texts: [
                ontology.comment.map(said),
                ontology.said_by(&ontology.other_labels),
                None,
                None,
            ],
            ..Document::default()
        };
        Self { record, triples, document }
    }
}

/// A list of texts and numbers as JSON.
fn json<T: Serialize>(list: &[T]) -> String {
    let Ok(text) = serde_json::to_string(list) else {
        unreachable!("texts and numbers can be written as JSON");
    };
    text
}

/// Which version of an item something was made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// BLAKE3 of the content.
    pub content_digest: Digest,
    /// Git's name for the content, where it has one.
    pub git_sha1: Option<String>,
    /// Length of the content in bytes.
    pub size_bytes: u64,
    /// How it was read.
    pub reading: Reading,
    /// The digest of all of it.
    pub fingerprint: Digest,
}

/// Which version of an item was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedVersion {
    /// BLAKE3 of the content.
    pub content_digest: Digest,
    /// Git's name for the content, where that is known.
    pub git_sha1: Option<String>,
    /// The digest of content and reading.
    pub fingerprint: Digest,
}
