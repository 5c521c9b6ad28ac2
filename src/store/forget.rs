//! Forgetting: a source with all that it states, and jobs that have nothing to tell.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::StoreError;
use super::item_write::SourceRow;
use super::removal::delete;

/// Jobs that decided nothing and are kept together with the last of each source: some 2.5 kB
/// each. To forget them takes a walk over all items, which so many syncs share.
const IDLE_JOBS: usize = 50;

/// Removes items of a source, at most `limit`; gives how many.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn remove_items(
    tx: &Connection,
    source_id: i64,
    limit: usize,
    now_ms: i64,
) -> Result<usize, StoreError> {
    let of = |row: &rusqlite::Row<'_>| Ok((row.get("ontology_id")?, row.get("job_id")?));
    let by_source = named_params! { ":source_id": source_id };
    let last = tx.query_row(sql!("removal_of"), by_source, of).optional()?;
    let Some((Some(ontology_id), job_id)): Option<(Option<i64>, i64)> = last else {
        return Ok(0);
    };
    let mut statement = tx.prepare_cached(sql!("removal_items"))?;
    let page = named_params! { ":source_id": source_id, ":limit": limit as i64 };
    let items = statement.query_map(page, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let source = SourceRow { id: source_id, ontology_id, document_type: None };
    delete(tx, source, &items, job_id, now_ms)?;
    Ok(items.len())
}

/// Forgets a source whose items were removed, with its jobs.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn forget_source(tx: &Connection, source_id: i64) -> Result<(), StoreError> {
    let by_source = named_params! { ":source_id": source_id };
    tx.execute(sql!("candidates_clear"), by_source)?;
    tx.execute(sql!("removal_tombstones"), by_source)?;
    with_items_by_job(tx, |tx| {
        tx.execute(sql!("removal_jobs"), by_source)?;
        Ok(())
    })?;
    tx.execute(sql!("removal_type"), by_source)?;
    tx.execute(sql!("removal_source"), by_source)?;
    Ok(())
}

/// Forgets jobs that found nothing changed, once there are many: a source that is watched makes
/// one each time it is looked at.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn forget_idle(tx: &Connection) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(sql!("jobs_idle"))?;
    let idle = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    if idle.len() < IDLE_JOBS {
        return Ok(());
    }
    with_items_by_job(tx, |tx| {
        let mut forget = tx.prepare(sql!("job_forget_idle"))?;
        for job_id in idle {
            forget.execute(named_params! { ":job_id": job_id })?;
        }
        Ok(())
    })
}

fn with_items_by_job(
    tx: &Connection,
    work: impl FnOnce(&Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    tx.execute(sql!("jobs_of_items"), [])?;
    tx.execute(sql!("jobs_of_letters"), [])?;
    work(tx)?;
    tx.execute(sql!("jobs_of_items_end"), [])?;
    tx.execute(sql!("jobs_of_letters_end"), [])?;
    Ok(())
}
