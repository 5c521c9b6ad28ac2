//! Versions set aside: what a skip was decided on while an older version stays stored.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::StoreError;
use super::item_write::Version;

/// Jobs that try an item that takes too long, before it is rejected.
pub(super) const TIMEOUT_JOBS: u32 = 3;

/// Keeps the version that an item is skipped in, beside the one that is stored.
pub(super) fn keep(
    tx: &Connection,
    item_id: i64,
    version: &Version,
    timeouts: u32,
) -> Result<(), StoreError> {
    tx.prepare_cached(sql!("set_aside_upsert"))?.execute(named_params! {
        ":item_id": item_id, ":content_digest": version.content_digest.as_bytes(),
        ":git_sha1": version.git_sha1, ":fingerprint": version.fingerprint.as_bytes(),
        ":timeouts": timeouts,
    })?;
    Ok(())
}

/// In how many jobs in a row this version of an item took too long.
pub(super) fn timeouts(
    tx: &Connection,
    item_id: i64,
    version: &Version,
) -> Result<u32, StoreError> {
    let asked = named_params! {
        ":item_id": item_id, ":fingerprint": version.fingerprint.as_bytes(),
        ":given_up": TIMEOUT_JOBS,
    };
    let mut timeouts = tx.prepare_cached(sql!("set_aside_timeouts"))?;
    Ok(timeouts.query_row(asked, |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Forgets what an item was skipped in.
pub(super) fn forget(tx: &Connection, item_id: i64) -> Result<(), StoreError> {
    let by_item = named_params! { ":item_id": item_id };
    tx.prepare_cached(sql!("set_aside_delete"))?.execute(by_item)?;
    Ok(())
}
