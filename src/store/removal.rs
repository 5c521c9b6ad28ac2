//! Removals: of items that are gone, and of what items stated that are left out now.

use rusqlite::{Connection, named_params};

use super::documents::Changed;
use super::item_write::{SourceRow, Version};
use super::statements::{self, Stater};
use super::{StoreError, set_aside};
use crate::item::SkipReason;

/// Removes items that their source no longer has, leaving tombstones.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn delete(
    tx: &Connection,
    source: SourceRow,
    item_ids: &[i64],
    job_id: i64,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut changed = Changed::default();
    for &item_id in item_ids {
        let stater = Stater { item_id, ontology_id: source.ontology_id, is_known: true };
        statements::remove(tx, stater, &mut changed)?;
        settle(tx, item_id, true)?;
        let by_item = named_params! { ":item_id": item_id };
        tx.prepare_cached(sql!("candidate_remove"))?.execute(by_item)?;
        tx.prepare_cached(sql!("item_delete"))?
            .execute(named_params! { ":item_id": item_id, ":job_id": job_id, ":now_ms": now_ms })?;
    }
    changed.index(tx)
}

/// What an item is skipped for that states nothing any more.
#[derive(Debug)]
pub struct Emptied {
    /// The item's row.
    pub item_id: i64,
    /// Why it is skipped.
    pub reason: SkipReason,
    /// What was seen, for a person.
    pub detail: String,
    /// The version whose content is the reason, if it is.
    pub version: Option<Version>,
}

/// Removes all that skipped items stated before. The items stay, left out.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn empty(tx: &Connection, source: SourceRow, items: &[Emptied]) -> Result<(), StoreError> {
    let mut changed = Changed::default();
    for Emptied { item_id, reason, detail, version } in items {
        let item_id = *item_id;
        let stater = Stater { item_id, ontology_id: source.ontology_id, is_known: true };
        statements::remove(tx, stater, &mut changed)?;
        settle(tx, item_id, true)?;
        let by_item = named_params! { ":item_id": item_id };
        tx.prepare_cached(sql!("candidate_remove"))?.execute(by_item)?;
        let version = version.as_ref();
        tx.prepare_cached(sql!("item_empty"))?.execute(named_params! {
            ":item_id": item_id, ":skip_reason": reason.as_str(), ":detail": detail,
            ":content_digest": version.map(|v| *v.content_digest.as_bytes()),
            ":git_sha1": version.and_then(|v| v.git_sha1.as_ref()),
            ":size_bytes": version.map(|v| v.size_bytes as i64),
            ":parser_version": version.map(|v| v.reading.parser_version),
            ":configuration_version":
                version.map(|v| *v.reading.configuration_version.as_bytes()),
            ":fingerprint": version.map(|v| *v.fingerprint.as_bytes()),
        })?;
    }
    changed.index(tx)
}

/// Forgets what earlier decisions left open about an item.
pub(super) fn settle(tx: &Connection, item_id: i64, is_known: bool) -> Result<(), StoreError> {
    if is_known {
        tx.prepare_cached(sql!("dead_letter_delete"))?
            .execute(named_params! { ":item_id": item_id })?;
        set_aside::forget(tx, item_id)?;
    }
    Ok(())
}
