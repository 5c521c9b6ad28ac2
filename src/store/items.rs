//! Items: one outcome, one transaction, with all that belongs to it.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::Serialize;

use super::statements::{self, Stater};
use super::{StoreError, dead_letters};
use crate::checkpoint::Saved;
use crate::failpoint::sabotaged;
use crate::fingerprint::{Digest, Reading};
use crate::item::{ItemKey, Sequence, SkipReason};
use crate::record::{Page, Rejection};

/// A source as the store knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceRow {
    /// Its row.
    pub id: i64,
    /// The row of the ontology its items state things about.
    pub ontology_id: i64,
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
    pub(super) content: Vec<u8>,
    /// As JSON, like the next three.
    pub(super) properties: String,
    pub(super) fences: String,
    pub(super) links: String,
    /// The properties of each block.
    pub(super) block_properties: Vec<String>,
}

impl PageWrite {
    /// `page` as it was read from `content`.
    pub fn new(page: Box<Page>, content: Vec<u8>) -> Self {
        let links: Vec<_> =
            page.links.iter().map(|link| (&link.target.exact, link.line, link.count)).collect();
        Self {
            properties: json(&page.properties),
            fences: json(&page.fences),
            links: json(&links),
            block_properties: page.blocks.iter().map(|block| json(&block.properties)).collect(),
            page,
            content,
        }
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
    /// Git's name for the content.
    pub git_sha1: String,
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

/// What a write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// As asked, with the rows that consumers see because of it.
    Done(Saved),
    /// Nothing: a later reading of the item was stored before.
    Superseded,
}

/// What the store knows of one item, for the decision whether to look at it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemState {
    /// Its row.
    pub id: i64,
    /// Its key.
    pub key: ItemKey,
    /// How it stands.
    pub standing: Standing,
    /// The job that decided it last.
    pub job_id: i64,
    /// BLAKE3 of the content that stands for it.
    pub content_digest: Option<Digest>,
    /// The content that it was decided on last, where Git's name for that is known.
    pub decided_on: Option<Blob>,
    /// Rows that consumers see because of it.
    pub saved: Saved,
}

/// One content under both its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Git's name for it.
    pub git_sha1: String,
    /// BLAKE3 of it.
    pub content_digest: Digest,
}

/// How an item stands in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Stored, in the version of this fingerprint.
    Written(Digest),
    /// Left out; with a fingerprint where the content was the reason.
    Skipped(SkipReason, Option<Digest>),
    /// Rejected in the version of this fingerprint, if it could be read.
    Rejected {
        /// The rejected version.
        fingerprint: Option<Digest>,
        /// Whether somebody gave it up.
        is_discarded: bool,
    },
}

/// Writes one item's outcome with its statements, diagnostics and dead letter.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn apply(tx: &Connection, write: &ItemWrite) -> Result<Applied, StoreError> {
    let known = find(tx, write)?;
    if known.as_ref().is_some_and(|known| known.read > write.read) {
        return Ok(Applied::Superseded);
    }
    let known = known.map(|known| known.id);
    match &write.result {
        ItemResult::Page { page, version } => {
            let saved = statements::saved_by(&page.page);
            let item_id = upsert_version(tx, write, known, "written", None, Some(version), &saved)?;
            if sabotaged!("sabotage::two_transactions") {
                tx.execute_batch("commit; begin immediate")?;
                crate::failpoint::failpoint!("sabotage::between_transactions");
            }
            let stater = stater(write, item_id, known.is_some());
            statements::replace(tx, stater, page)?;
            close_dead_letter(tx, item_id, known.is_some())?;
            Ok(Applied::Done(saved))
        }
        ItemResult::Skipped { reason, detail, version } => {
            let skip = Some((*reason, detail.as_str()));
            if reason.keeps_stored_version() {
                upsert_outcome(tx, write, known, "skipped", skip)?;
                return Ok(Applied::Done(Saved::default()));
            }
            let version = version.as_ref();
            let item_id =
                upsert_version(tx, write, known, "skipped", skip, version, &Saved::default())?;
            if known.is_some() {
                statements::remove(tx, stater(write, item_id, true))?;
                close_dead_letter(tx, item_id, true)?;
            }
            Ok(Applied::Done(Saved::default()))
        }
        ItemResult::Rejected { rejection, version, attempts } => {
            let item_id = upsert_outcome(tx, write, known, "rejected", None)?;
            dead_letters::open(tx, item_id, write, rejection, version.as_ref(), *attempts)?;
            Ok(Applied::Done(Saved::default()))
        }
    }
}

/// Removes an item that its source no longer has, leaving a tombstone.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn delete(
    tx: &Connection,
    source: SourceRow,
    item_id: i64,
    job_id: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let stater = Stater { item_id, ontology_id: source.ontology_id, is_known: true };
    statements::remove(tx, stater)?;
    close_dead_letter(tx, item_id, true)?;
    tx.prepare_cached(sql!("candidate_remove"))?.execute(named_params! { ":item_id": item_id })?;
    tx.prepare_cached(sql!("item_delete"))?
        .execute(named_params! { ":item_id": item_id, ":job_id": job_id, ":now_ms": now_ms })?;
    Ok(())
}

/// What the store knows of the keys behind `after` up to and including `up_to`, or of all
/// behind it, in the order of their bytes; at most `limit`. Tombstones are not among them.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn states(
    connection: &Connection,
    source_id: i64,
    after: &str,
    up_to: Option<&str>,
    limit: usize,
) -> Result<Vec<ItemState>, StoreError> {
    let limit = limit as i64;
    let mut statement;
    let rows = match up_to {
        Some(up_to) => {
            statement = connection.prepare_cached(sql!("item_states"))?;
            statement.query_map(
                named_params! {
                    ":source_id": source_id, ":after": after, ":up_to": up_to, ":limit": limit,
                },
                state,
            )?
        }
        None => {
            statement = connection.prepare_cached(sql!("item_states_rest"))?;
            statement.query_map(
                named_params! { ":source_id": source_id, ":after": after, ":limit": limit },
                state,
            )?
        }
    };
    Ok(rows.collect::<Result<_, _>>()?)
}

fn state(row: &Row<'_>) -> rusqlite::Result<ItemState> {
    let digest = |column: &str| -> rusqlite::Result<Option<Digest>> {
        Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(Digest::from))
    };
    let reason = row.get::<_, Option<String>>("skip_reason")?;
    let reason = reason.as_deref().and_then(SkipReason::from_name);
    let fingerprint = digest("fingerprint")?;
    let git_sha1 = |column: &str| row.get::<_, Option<String>>(column);
    let content_digest = digest("content_digest")?;
    let stored = (git_sha1("git_sha1")?, content_digest);
    let outcome: String = row.get("outcome")?;
    let (standing, (decided_sha1, decided_digest)) = match (outcome.as_str(), reason, fingerprint) {
        ("written", _, Some(fingerprint)) => (Standing::Written(fingerprint), stored),
        ("skipped", Some(reason), fingerprint) => (Standing::Skipped(reason, fingerprint), stored),
        _ => {
            let (fingerprint, is_discarded) =
                (digest("rejected_fingerprint")?, row.get("is_discarded")?);
            let rejected = (git_sha1("rejected_git_sha1")?, digest("rejected_digest")?);
            (Standing::Rejected { fingerprint, is_discarded }, rejected)
        }
    };
    let decided_on = decided_sha1
        .zip(decided_digest)
        .map(|(git_sha1, content_digest)| Blob { git_sha1, content_digest });
    Ok(ItemState {
        id: row.get("id")?,
        key: ItemKey::new(row.get::<_, String>("key")?),
        standing,
        job_id: row.get("job_id")?,
        content_digest,
        decided_on,
        saved: Saved {
            classes: row.get::<_, u32>("saved_classes")?.into(),
            properties: row.get::<_, u32>("saved_properties")?.into(),
            axioms: row.get::<_, u32>("saved_axioms")?.into(),
            nodes: row.get::<_, u32>("saved_nodes")?.into(),
            edges: row.get::<_, u32>("saved_edges")?.into(),
        },
    })
}

struct Known {
    id: i64,
    read: ReadOrder,
}

fn find(tx: &Connection, write: &ItemWrite) -> Result<Option<Known>, StoreError> {
    let by_key = named_params! { ":source_id": write.source.id, ":key": write.key.as_str() };
    let known = tx
        .prepare_cached(sql!("item_find"))?
        .query_row(by_key, |row| {
            let read =
                ReadOrder { epoch: row.get("read_epoch")?, counter: row.get("read_counter")? };
            Ok(Known { id: row.get("id")?, read })
        })
        .optional()?;
    Ok(known)
}

fn stater(write: &ItemWrite, item_id: i64, is_known: bool) -> Stater {
    Stater { item_id, ontology_id: write.source.ontology_id, is_known }
}

fn close_dead_letter(tx: &Connection, item_id: i64, is_known: bool) -> Result<(), StoreError> {
    if is_known {
        tx.prepare_cached(sql!("dead_letter_delete"))?
            .execute(named_params! { ":item_id": item_id })?;
    }
    Ok(())
}

fn upsert_version(
    tx: &Connection,
    write: &ItemWrite,
    known: Option<i64>,
    outcome: &str,
    skip: Option<(SkipReason, &str)>,
    version: Option<&Version>,
    saved: &Saved,
) -> Result<i64, StoreError> {
    tx.prepare_cached(sql!("item_upsert_version"))?.execute(named_params! {
        ":source_id": write.source.id, ":key": write.key.as_str(), ":outcome": outcome,
        ":skip_reason": skip.map(|(reason, _)| reason.as_str()),
        ":detail": skip.map(|(_, detail)| detail),
        ":job_id": write.place.job_id, ":attempt": write.place.attempt,
        ":sequence": write.place.sequence.0 as i64, ":now_ms": write.now_ms,
        ":read_epoch": write.read.epoch, ":read_counter": write.read.counter,
        ":content_digest": version.map(|v| *v.content_digest.as_bytes()),
        ":git_sha1": version.map(|v| &v.git_sha1),
        ":size_bytes": version.map(|v| v.size_bytes as i64),
        ":parser_version": version.map(|v| v.reading.parser_version),
        ":configuration_version":
            version.map(|v| *v.reading.configuration_version.as_bytes()),
        ":fingerprint": version.map(|v| *v.fingerprint.as_bytes()),
        ":saved_classes": saved.classes as i64, ":saved_properties": saved.properties as i64,
        ":saved_axioms": saved.axioms as i64, ":saved_nodes": saved.nodes as i64,
        ":saved_edges": saved.edges as i64,
    })?;
    Ok(known.unwrap_or_else(|| tx.last_insert_rowid()))
}

fn upsert_outcome(
    tx: &Connection,
    write: &ItemWrite,
    known: Option<i64>,
    outcome: &str,
    skip: Option<(SkipReason, &str)>,
) -> Result<i64, StoreError> {
    tx.prepare_cached(sql!("item_upsert_outcome"))?.execute(named_params! {
        ":source_id": write.source.id, ":key": write.key.as_str(), ":outcome": outcome,
        ":skip_reason": skip.map(|(reason, _)| reason.as_str()),
        ":detail": skip.map(|(_, detail)| detail),
        ":job_id": write.place.job_id, ":attempt": write.place.attempt,
        ":sequence": write.place.sequence.0 as i64, ":now_ms": write.now_ms,
        ":read_epoch": write.read.epoch, ":read_counter": write.read.counter,
    })?;
    Ok(known.unwrap_or_else(|| tx.last_insert_rowid()))
}
