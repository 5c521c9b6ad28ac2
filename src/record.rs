//! Records: what a parser makes of an item, and what it found on the way.
//!
//! Statements only. Which class a name means is decided by the store, which knows all
//! pages; here a reference is still a name.

use serde::Serialize;

use crate::entity::WEIGHTS;
use crate::iri::Iri;
use crate::name::{Name, Rank};
use crate::owl::{Ontology, OwlProperty};

/// What one page states.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Page {
    /// The page's name: the file's stem in NFC, `___` read as `/`, percent signs kept.
    pub name: String,
    /// Whether the page is part of the graph (`public:: true`).
    pub is_graph: bool,
    /// One class each, in the order they stand.
    pub blocks: Vec<Block>,
    /// Page properties, and those of sections outside any block.
    pub properties: Vec<Property>,
    /// OWL properties that the page declares.
    pub owl_properties: Vec<OwlProperty>,
    /// Distinct wikilink targets of the whole page outside code, in order of appearance.
    pub links: Vec<Link>,
    /// Fences of OWL and of JSON-LD, as byte ranges of the file.
    pub fences: Vec<Fence>,
    /// What the fences state.
    pub ontology: Ontology,
    /// Everything worth knowing about how the page was read, by line.
    pub diagnostics: Vec<Diagnostic>,
}

/// What one OWL document states.
#[derive(Clone, Debug, PartialEq)]
pub struct OwlDocument {
    /// How it is written.
    pub format: OwlFormat,
    /// What it states.
    pub ontology: Ontology,
    /// Everything worth knowing about how it was read, by line.
    pub diagnostics: Vec<Diagnostic>,
}

/// The syntaxes that OWL documents are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OwlFormat {
    /// OWL 2 functional syntax.
    Functional,
    /// RDF/XML.
    RdfXml,
    /// Turtle.
    Turtle,
    /// N-Triples.
    NTriples,
    /// OWL/XML.
    OwlXml,
    /// Manchester syntax.
    Manchester,
    /// OBO flat file format.
    Obo,
    /// JSON-LD.
    JsonLd,
}

impl OwlFormat {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Functional,
        Self::RdfXml,
        Self::Turtle,
        Self::NTriples,
        Self::OwlXml,
        Self::Manchester,
        Self::Obo,
        Self::JsonLd,
    ];

    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Functional => "functional",
            Self::RdfXml => "rdf_xml",
            Self::Turtle => "turtle",
            Self::NTriples => "n_triples",
            Self::OwlXml => "owl_xml",
            Self::Manchester => "manchester",
            Self::Obo => "obo",
            Self::JsonLd => "json_ld",
        }
    }
}

/// What is found of one row.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Document {
    /// Its title, where the row has one.
    pub title: Option<String>,
    /// What it is found by, one text for each weight of its entity.
    pub texts: [Option<String>; WEIGHTS],
    /// A JSON object of what results show and searches filter by.
    pub metadata: Option<String>,
    /// What an embedding is made of, where one is declared.
    pub embed: Option<String>,
}

/// One ontology block: a claim to a class.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// The line of its heading, from 1; of the page's first property where the page is one
    /// block.
    pub line: u32,
    /// The class it claims.
    pub class: Iri,
    /// `preferred-term`, else `label`, else the page's name.
    pub label: String,
    /// What axioms or JSON-LD call the class besides, such as in other languages, a line each.
    pub other_labels: Option<String>,
    /// `definition`, where there is one.
    pub comment: Option<String>,
    /// Whether the class is only spoken of in passing: any other claim to it is shown first.
    pub is_mention: bool,
    /// Every name the claim supplies, each exact name once with its strongest rank.
    pub names: Vec<SuppliedName>,
    /// Parents and other relations, in the order they stand, each
    /// (predicate, target, qualifier) once.
    pub references: Vec<Reference>,
    /// Every property of the block, known or not, repeated ones included.
    pub properties: Vec<Property>,
}

/// A name by which a class can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppliedName {
    /// The name.
    pub name: Name,
    /// How strongly it is supplied.
    pub rank: Rank,
}

/// The predicate of a reference to a parent class.
pub const SUBCLASS_OF: &str = "is-subclass-of";

/// A stated relation to whatever class a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// [`SUBCLASS_OF`] for a parent, whatever key stated it; else the key as written.
    pub predicate: String,
    /// The name as the page has it.
    pub target: Name,
    /// What stands beside the name as the target's label. It resolves nothing; a stub shows it.
    pub label: Option<String>,
    /// What `via` names, as in `[[Energy Market]] via is-subclass-of`.
    pub qualifier: Option<String>,
    /// Where it stands, from 1.
    pub line: u32,
    /// Whether an axiom states it; else a property does.
    pub is_axiom: bool,
}

/// A `key:: value` line with the lines that continue it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Property {
    /// As written.
    pub key: String,
    /// As written, without white space around it; lines of a continued value joined by `\n`.
    pub value: String,
    /// Where it stands, from 1.
    pub line: u32,
}

/// A wikilink target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The page it names.
    pub target: Name,
    /// The first line it stands on, from 1.
    pub line: u32,
    /// How often the page links to it.
    pub count: u32,
}

/// A piece of OWL or JSON-LD, fenced or below `owl:functional-syntax:: |`, kept as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fence {
    /// The line of the opening fence or of the property, from 1.
    pub line: u32,
    /// How it is written.
    pub dialect: Dialect,
    /// Where its text begins, in bytes of the file: at the start of a line.
    pub start_byte: usize,
    /// Where its text ends: at the start of a line or after the last one.
    pub end_byte: usize,
    /// Whether its end is certain. Of a fence that nobody closed it is a guess.
    pub closed: bool,
}

/// How a fence is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// `SubClassOf(mv:A mv:B)`.
    Functional,
    /// `(SubClassOf :A :B)`.
    SExpression,
    /// JSON-LD: objects of the pages' own vocabulary.
    JsonLd,
}

/// Why an item cannot be used. A value, not an error: the job goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Where it failed.
    pub stage: Stage,
    /// A stable word, such as `not_text`.
    pub code: &'static str,
    /// For a person, with the numbers that matter.
    pub message: String,
}

/// The part of the engine that an item failed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Reading it from the source.
    Read,
    /// Making a record of it.
    Parse,
    /// Storing the record.
    Store,
}

impl Stage {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Parse => "parse",
            Self::Store => "store",
        }
    }
}

/// How much a diagnostic matters. None rejects a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Something is unusual or missing; what was stated is kept.
    Warning,
    /// Something that was stated could not be used.
    Error,
}

impl Level {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One finding about an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub level: Level,
    /// A stable word, such as `unknown_value`.
    pub code: &'static str,
    /// The line it stands on, from 1; 0 if it is about the whole item.
    pub line: u32,
    /// For a person: what was found and what was expected.
    pub message: String,
}
