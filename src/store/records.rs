//! Records: what readers are given.

use serde::Serialize;

use crate::fingerprint::Digest;

/// A source and what the store holds of it.
#[derive(Clone, Debug, Serialize)]
pub struct SourceRecord {
    /// Its row.
    #[serde(skip)]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What kind it is, such as `directory`.
    pub kind: String,
    /// Its settings as JSON.
    pub settings: String,
    /// The version that the last complete job brought the store to.
    pub version: Option<String>,
    /// How many items the store knows, skipped and rejected ones included.
    pub items: u64,
    /// What its last sync was asked for, as JSON.
    #[serde(skip)]
    pub options: Option<String>,
}

/// How much consumers see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each is the number of rows of the table or view of its name")]
pub struct Totals {
    pub pages: u64,
    pub classes: u64,
    pub stubs: u64,
    pub built_in: u64,
    pub parents: u64,
    pub relations: u64,
    pub properties: u64,
    pub axioms: u64,
    /// Statements that are no axiom: their structure is broken, or nobody declares what their
    /// property is.
    pub untyped: u64,
    pub declarations: u64,
    /// OWL documents.
    pub documents: u64,
    pub nodes: u64,
    pub edges: u64,
    pub wikilinks: u64,
    pub fences: u64,
}

/// What the items of a source state, in numbers of statements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Claims of classes.
    pub claims: u64,
    /// Parents and other relations.
    pub references: u64,
    /// Declared properties.
    pub properties: u64,
    /// Axioms, with a type or without.
    pub axioms: u64,
    /// Pages of the graph.
    pub nodes: u64,
    /// Links of these, each as often as it is stated.
    pub links: u64,
}

/// How often a diagnostic stands in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiagnosticCount {
    /// `warning` or `error`.
    pub level: String,
    /// The stable word for it.
    pub code: String,
    /// How often it was found.
    pub findings: u64,
    /// In how many items.
    pub items: u64,
}

/// How many items are skipped for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkipCount {
    /// The stable word for the reason.
    pub reason: String,
    /// How many they are.
    pub items: u64,
    /// Of how many of them something is stored.
    pub stored: u64,
}

/// Which diagnostics are meant. Empty means all.
#[derive(Clone, Debug, Default)]
pub struct DiagnosticFilter {
    /// Those of one code.
    pub code: Option<String>,
    /// Those of one item.
    pub key: Option<String>,
    /// Those of one level.
    pub level: Option<String>,
}

/// One diagnostic and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiagnosticRecord {
    /// The name of the source.
    pub source: String,
    /// The item.
    pub key: String,
    /// The line, from 1; 0 if it is about the whole item.
    pub line: u32,
    /// `warning` or `error`.
    pub level: String,
    /// The stable word for it.
    pub code: String,
    /// For a person.
    pub message: String,
}

/// A class as consumers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassRecord {
    /// The scope.
    pub ontology_id: String,
    /// The compact form.
    pub class_iri: String,
    /// The identity.
    pub iri: String,
    /// Its label.
    pub label: String,
    /// Its definition.
    pub comment: Option<String>,
    /// The file whose claim is shown.
    pub source_file: Option<String>,
    /// Whether it is known only because another class names it.
    pub is_stub: bool,
}

/// A class with all that leads from it and to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassDetail {
    /// The class.
    pub class: ClassRecord,
    /// Where it is stated, the claim that is shown first.
    pub stated_in: Vec<Place>,
    /// Its parents.
    pub parents: Vec<Edge>,
    /// Its other relations.
    pub relations: Vec<Edge>,
    /// The classes that state it as their parent.
    pub children: Vec<Edge>,
}

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The item.
    pub key: String,
    /// The line, from 1.
    pub line: u32,
}

/// A stated relation, seen from one of its ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// Which relation.
    pub predicate: String,
    /// The class at the other end.
    pub class_iri: String,
    /// Its label.
    pub label: String,
    /// Whether it is a stub.
    pub is_stub: bool,
    /// The name by which the relation was stated.
    pub stated_as: String,
    /// What `via` named.
    pub qualifier: Option<String>,
    /// Where it is stated.
    pub stated_in: Place,
}

/// All that is known of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemRecord {
    /// The name of its source.
    pub source: String,
    /// What kind of source that is.
    pub source_kind: String,
    /// The source's settings as JSON.
    #[serde(skip)]
    pub source_settings: String,
    /// Its key.
    pub key: String,
    /// `written`, `skipped`, `rejected` or `deleted`.
    pub outcome: String,
    /// Why it was skipped.
    pub skip_reason: Option<String>,
    /// What was seen.
    pub detail: Option<String>,
    /// The job that decided it last.
    pub job: String,
    /// That job's attempt.
    pub attempt: u32,
    /// Its place in that attempt, from 0.
    pub sequence: u64,
    /// When it was decided, in Unix milliseconds.
    pub decided_at_ms: i64,
    /// BLAKE3 of the content that stands for it.
    pub content_digest: Option<Digest>,
    /// Git's name for that content.
    pub git_sha1: Option<String>,
    /// Its length in bytes.
    pub size_bytes: Option<u64>,
    /// The parser that read it.
    pub parser_version: Option<u32>,
    /// The configuration it was read under.
    pub configuration_version: Option<Digest>,
    /// The digest of all three.
    pub fingerprint: Option<Digest>,
    /// When that version was written, in Unix milliseconds.
    pub written_at_ms: Option<i64>,
    /// Its rejection, if the last version was rejected.
    pub rejected: Option<RejectedRecord>,
    /// Whether a listing lacked it and it was not deleted yet.
    pub is_deletion_candidate: bool,
    /// The classes it claims, and whether each shows this claim.
    pub classes: Vec<(ClassRecord, bool)>,
    /// Rows it owns, by table.
    pub rows: Vec<(&'static str, u64)>,
    /// What was found about it.
    pub diagnostics: Vec<DiagnosticRecord>,
}

/// The rejection of an item's last version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RejectedRecord {
    /// Where it failed.
    pub stage: String,
    /// The stable word for the reason.
    pub code: String,
    /// The reason.
    pub message: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Its group.
    pub cause_id: String,
    /// The first time, in Unix milliseconds.
    pub first_at_ms: i64,
    /// The last time, in Unix milliseconds.
    pub last_at_ms: i64,
    /// The fingerprint of the rejected version.
    pub fingerprint: Option<Digest>,
    /// Why it was given up, if it was.
    pub discard_reason: Option<String>,
}
