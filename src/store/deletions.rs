//! Deletion candidates: what a listing lacked and what states nothing any more, kept until it is
//! decided.

use rusqlite::{Connection, named_params};

use super::StoreError;
use crate::item::ItemKey;

/// Rows of items and ranges that one transaction looks at: some tens of milliseconds.
const UNSEEN_ROWS: i64 = 50_000;

/// An item of the store that a listing did not show, or that states nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its row.
    pub item_id: i64,
    /// Its key.
    pub key: ItemKey,
    /// Whether it is skipped, and may be there.
    pub is_skipped: bool,
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

/// Notes items that are skipped for what they are, though something is stored of them: `all` of
/// the source, or those that the job has decided. Gives how many were not noted yet.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn note_skips(
    tx: &Connection,
    source_id: i64,
    job_row: i64,
    all: bool,
) -> Result<u64, StoreError> {
    let asked = named_params! { ":source_id": source_id, ":job_id": job_row, ":all": all };
    Ok(tx.prepare_cached(sql!("skips_note"))?.execute(asked)? as u64)
}

/// Remembers that a job has seen these items and left them as they were, for
/// [`note_unseen`].
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn note_seen(tx: &Connection, job_row: i64, item_ids: &mut [i64]) -> Result<(), StoreError> {
    item_ids.sort_unstable();
    let mut statement = tx.prepare_cached(sql!("seen_insert"))?;
    for range in item_ids.chunk_by(|one, next| one + 1 == *next) {
        let (first, last) = (range[0], range[range.len() - 1]);
        statement.execute(named_params! {
            ":job_id": job_row, ":first_item": first, ":last_item": last,
        })?;
    }
    Ok(())
}

/// How far [`note_unseen`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unseen {
    /// The row up to which every item was seen or noted.
    done: i64,
    /// The first row of the last range that was looked at.
    range: i64,
}

/// Notes those of a source's items that the job's attempt has neither decided nor seen, as far as
/// one short transaction gets: what lies between the ranges that were seen. Gives how many they
/// are, and where to go on; nothing at the end.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn note_unseen(
    tx: &Connection,
    source_id: i64,
    (job_row, attempt): (i64, u32),
    mut at: Unseen,
) -> Result<(u64, Option<Unseen>), StoreError> {
    let largest: i64 = tx.query_row(sql!("item_largest"), [], |row| row.get(0))?;
    let (mut noted, mut looked_at) = (0, 0);
    let mut ranges = tx.prepare_cached(sql!("seen_ranges"))?;
    let mut ranges = ranges.query(named_params! { ":job_id": job_row, ":after": at.range })?;
    loop {
        let range = ranges.next()?;
        let range = range.map(|row| Ok::<_, StoreError>((row.get(0)?, row.get(1)?))).transpose()?;
        let (first, last) = range.unwrap_or((largest + 1, largest));
        let up_to = (first - 1).min(at.done + UNSEEN_ROWS - looked_at);
        if up_to > at.done {
            noted += tx.prepare_cached(sql!("unseen_note"))?.execute(named_params! {
                ":source_id": source_id, ":job_id": job_row, ":attempt": attempt,
                ":after": at.done, ":up_to": up_to,
            })?;
            looked_at += up_to - at.done;
            at.done = up_to;
        }
        if at.done < first - 1 {
            return Ok((noted as u64, Some(at)));
        }
        // Ranges may overlap where a job went on after a crash.
        at = Unseen { done: at.done.max(last), range: first };
        if range.is_none() {
            return Ok((noted as u64, None));
        }
        looked_at += 1;
    }
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

/// Forgets what earlier listings of a source showed.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn clear_seen(tx: &Connection, source_id: i64) -> Result<(), StoreError> {
    tx.execute(sql!("seen_clear"), named_params! { ":source_id": source_id })?;
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

/// A job's candidates behind the row `after`, in the order of their rows; at most `limit`.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn candidates(
    connection: &Connection,
    job_row: i64,
    after: i64,
    limit: usize,
) -> Result<Vec<Candidate>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("candidates"))?;
    let found = statement.query_map(
        named_params! { ":job_id": job_row, ":after": after, ":limit": limit as i64 },
        |row| {
            Ok(Candidate {
                item_id: row.get("id")?,
                key: ItemKey::new(row.get::<_, String>("key")?),
                is_skipped: row.get("is_skipped")?,
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
pub fn counts(connection: &Connection, job_row: i64) -> Result<CandidateCounts, StoreError> {
    let by_job = named_params! { ":job_id": job_row };
    let counts = connection.query_row(sql!("candidate_counts"), by_job, |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(CandidateCounts { candidates: count("candidates")?, unexplained: count("unexplained")? })
    })?;
    Ok(counts)
}

/// Counts the items of a source of which something is stored, candidates included, up to `up_to`:
/// whoever asks for a share of many need not wait until all are counted.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn stored_items(
    connection: &Connection,
    source_id: i64,
    up_to: u64,
) -> Result<u64, StoreError> {
    let asked = named_params! { ":source_id": source_id, ":up_to": up_to as i64 };
    let count: i64 = connection.query_row(sql!("items_stored"), asked, |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use crate::item::SkipReason;

    #[test]
    fn every_reason_for_which_an_item_states_nothing_makes_it_a_candidate() {
        for reason in SkipReason::ALL {
            let is_noted = sql!("skips_note").contains(&format!("'{reason}'"));
            assert_eq!(is_noted, !reason.keeps_stored_version(), "{reason}");
        }
    }
}
