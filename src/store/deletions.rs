//! Deletion candidates: what a listing lacked, kept until it is decided.

use rusqlite::{Connection, named_params};

use super::StoreError;
use crate::item::ItemKey;

/// An item of the store that a listing did not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its row.
    pub item_id: i64,
    /// Its key.
    pub key: ItemKey,
    /// Whether its content stands under another key now.
    pub is_renamed: bool,
}

/// How many items a job would delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CandidateCounts {
    /// All of them.
    pub candidates: u64,
    /// Those among them that no rename explains: what the guard looks at.
    pub unexplained: u64,
    /// Items of the source that the store holds, the candidates included.
    pub stored: u64,
}

/// Notes items that a listing lacked.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn note(tx: &Connection, job_row: i64, item_ids: &[i64]) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(sql!("candidate_insert"))?;
    for item_id in item_ids {
        statement.execute(named_params! { ":item_id": item_id, ":job_id": job_row })?;
    }
    Ok(())
}

/// Forgets what earlier listings of a source lacked.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn clear(tx: &Connection, source_id: i64) -> Result<(), StoreError> {
    tx.execute(sql!("candidates_clear"), named_params! { ":source_id": source_id })?;
    Ok(())
}

/// Takes an item off the list: the source has it after all.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn release(tx: &Connection, item_id: i64) -> Result<(), StoreError> {
    tx.prepare_cached(sql!("candidate_remove"))?.execute(named_params! { ":item_id": item_id })?;
    Ok(())
}

/// A job's candidates behind the key `after`, in order; at most `limit`.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn candidates(
    connection: &Connection,
    job_row: i64,
    after: &str,
    limit: u32,
) -> Result<Vec<Candidate>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("candidates"))?;
    let found = statement.query_map(
        named_params! { ":job_id": job_row, ":after": after, ":limit": limit },
        |row| {
            Ok(Candidate {
                item_id: row.get("id")?,
                key: ItemKey::new(row.get::<_, String>("key")?),
                is_renamed: row.get("is_renamed")?,
            })
        },
    )?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Counts a job's candidates.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn counts(
    connection: &Connection,
    job_row: i64,
    source_id: i64,
) -> Result<CandidateCounts, StoreError> {
    let by_job = named_params! { ":job_id": job_row, ":source_id": source_id };
    let counts = connection.query_row(sql!("candidate_counts"), by_job, |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(CandidateCounts {
            candidates: count("candidates")?,
            unexplained: count("unexplained")?,
            stored: count("stored")?,
        })
    })?;
    Ok(counts)
}
