//! Jobs, their states and their checkpoints, as rows.
//!
//! A change of state is a compare-and-set on the state before it; progress never touches it.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::Serialize;

use super::StoreError;
use super::item_write::SourceRow;
use super::resolution;
use crate::checkpoint::{Checkpoint, Counters, Untouched};
use crate::fingerprint::{Digest, Reading};
use crate::iri::PrefixTable;
use crate::item::ItemKey;
use crate::job::{JobEvent, JobId, JobKind, JobState};

/// A job as it is to be recorded, before anything of it is done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Its public name.
    pub id: JobId,
    /// What it is to do.
    pub kind: JobKind,
    /// The source it works on.
    pub source_id: i64,
    /// Its options as JSON; equal options are equal text.
    pub options: String,
    /// How items are read.
    pub reading: Reading,
}

/// A job that can go on.
#[derive(Clone, Debug)]
pub struct ResumableJob {
    /// Its row.
    pub row: i64,
    /// Its public name.
    pub id: JobId,
    /// The state it rests in.
    pub state: JobState,
    /// Its options as JSON.
    pub options: String,
    /// How it read items.
    pub reading: Reading,
    /// When it first started, in Unix milliseconds.
    pub started_at_ms: Option<i64>,
    /// The version of the source that it works on, where that has one.
    pub source_version: Option<String>,
}

/// Why a job is where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoveReason {
    /// Why it rests, for a person.
    pub reason: Option<String>,
    /// A stable word and a message, if it failed.
    pub error: Option<(String, String)>,
}

/// A job, for people.
#[derive(Clone, Debug, Serialize)]
pub struct JobRecord {
    /// Its public name.
    pub id: String,
    /// The name of its source.
    pub source: String,
    /// `sync`, `index`, `retry` or `import`.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// The present attempt, from 1.
    pub attempt: u32,
    /// The version of the source it works on, where it has one.
    pub source_version: Option<String>,
    /// When it was asked for, in Unix milliseconds.
    pub created_at_ms: i64,
    /// When it first started, in Unix milliseconds.
    pub started_at_ms: Option<i64>,
    /// When it ended or came to rest, in Unix milliseconds.
    pub completed_at_ms: Option<i64>,
    /// When it last said something, in Unix milliseconds.
    pub updated_at_ms: i64,
    /// How many items there are, where known.
    pub total: Option<u64>,
    /// Whether `total` is an estimate.
    pub total_is_estimate: bool,
    /// How its items ended.
    pub counters: Counters,
    /// Why it rests.
    pub reason: Option<String>,
    /// The stable word for what went wrong.
    pub error_code: Option<String>,
    /// What went wrong.
    pub error_message: Option<String>,
}

/// Makes a source, or gives it the settings of now.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn ensure_source(
    tx: &Connection,
    name: &str,
    kind: &str,
    settings: &str,
    ontology: &str,
    prefixes: &PrefixTable,
) -> Result<SourceRow, StoreError> {
    let ontology_id = ensure_ontology(tx, ontology, prefixes)?;
    let said = named_params! { ":name": name, ":kind": kind, ":settings": settings };
    tx.execute(sql!("source_rename"), said)?;
    let id = tx.query_row(sql!("source_ensure"), said, |row| row.get(0))?;
    Ok(SourceRow { id, ontology_id, document_type: None })
}

/// Makes an ontology, or gives it the prefixes of now; gives its row.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn ensure_ontology(
    tx: &Connection,
    name: &str,
    prefixes: &PrefixTable,
) -> Result<i64, StoreError> {
    let by_name = named_params! { ":name": name };
    tx.execute(sql!("ontology_ensure"), by_name)?;
    let ontology_id = tx.query_row(sql!("ontology_id"), by_name, |row| row.get(0))?;
    resolution::keep_prefixes(tx, ontology_id, prefixes)?;
    Ok(ontology_id)
}

/// The prefixes by which an ontology's IRIs are shown; none if nothing was ever said of it.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn prefixes_of(tx: &Connection, ontology: &str) -> Result<Option<PrefixTable>, StoreError> {
    let by_name = named_params! { ":name": ontology };
    let found: Option<i64> =
        tx.query_row(sql!("ontology_id"), by_name, |row| row.get(0)).optional()?;
    found.map(|ontology_id| resolution::prefixes(tx, ontology_id)).transpose()
}

/// Records a job as queued; gives its row.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn create(tx: &Connection, job: &NewJob, now_ms: i64) -> Result<i64, StoreError> {
    tx.execute(
        sql!("job_insert"),
        named_params! {
            ":uid": job.id.as_str(), ":source_id": job.source_id, ":kind": job.kind.as_str(),
            ":options": job.options, ":parser_version": job.reading.parser_version,
            ":configuration_version": job.reading.configuration_version.as_bytes(),
            ":now_ms": now_ms,
        },
    )?;
    Ok(tx.last_insert_rowid())
}

/// The newest job of a source and a kind, if it rests and can go on.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn resumable(
    tx: &Connection,
    source_id: i64,
    kind: JobKind,
) -> Result<Option<ResumableJob>, StoreError> {
    let of_kind = named_params! { ":source_id": source_id, ":kind": kind.as_str() };
    let found = tx
        .query_row(sql!("job_resumable"), of_kind, |row| {
            Ok(ResumableJob {
                row: row.get("id")?,
                id: JobId::new(row.get::<_, String>("uid")?),
                state: state(row, "state")?,
                options: row.get("options")?,
                reading: Reading {
                    parser_version: row.get("parser_version")?,
                    configuration_version: digest(row, "configuration_version")?,
                },
                started_at_ms: row.get("started_at_ms")?,
                source_version: row.get("source_version")?,
            })
        })
        .optional()?;
    Ok(found)
}

/// The version of the source to which its newest sync brought the store: whole, read as
/// `reading` says, for the same `options` but for force, and leaving nothing that a further
/// look could mend.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn last_version(
    tx: &Connection,
    source_id: i64,
    reading: &Reading,
    options: &str,
) -> Result<Option<String>, StoreError> {
    let found = tx
        .query_row(
            sql!("job_last_version"),
            named_params! {
                ":source_id": source_id, ":options": options,
                ":parser_version": reading.parser_version,
                ":configuration_version": reading.configuration_version.as_bytes(),
            },
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.flatten())
}

/// Forgets earlier jobs of a source that looked at nothing, as `job_row` is about to be one:
/// whoever asks every minute whether something is new keeps the last answer.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn forget_unread(tx: &Connection, source_id: i64, job_row: i64) -> Result<(), StoreError> {
    tx.execute(
        sql!("jobs_forget_unread"),
        named_params! { ":source_id": source_id, ":job_id": job_row },
    )?;
    tx.execute(sql!("job_set_unread"), named_params! { ":job_id": job_row })?;
    Ok(())
}

/// Notes that places of a job's source could not be listed.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn set_incomplete(tx: &Connection, job_row: i64) -> Result<(), StoreError> {
    tx.execute(sql!("job_set_incomplete"), named_params! { ":job_id": job_row })?;
    Ok(())
}

/// Remembers until when a source's server wants to be left alone, in Unix milliseconds.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn save_pause(tx: &Connection, source_id: i64, until_ms: i64) -> Result<(), StoreError> {
    tx.execute(
        sql!("source_pause"),
        named_params! { ":source_id": source_id, ":until_ms": until_ms },
    )?;
    Ok(())
}

/// Milliseconds for which a source's server still wants to be left alone.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn pause_left(tx: &Connection, source_id: i64, now_ms: i64) -> Result<u64, StoreError> {
    let by_id = named_params! { ":source_id": source_id };
    let until: i64 = tx.query_row(sql!("source_paused_until"), by_id, |row| row.get(0))?;
    Ok(u64::try_from(until.saturating_sub(now_ms)).unwrap_or(0))
}

/// Moves a job from `from` by `event` and gives the new state.
///
/// # Errors
///
/// [`StoreError::StateChanged`] if the job is in another state or the move is not legal.
pub fn advance(
    tx: &Connection,
    job_row: i64,
    from: JobState,
    event: JobEvent,
    why: &MoveReason,
    now_ms: i64,
) -> Result<JobState, StoreError> {
    let refused = |job: String, found: String| StoreError::StateChanged {
        job,
        expected: from.as_str(),
        found,
    };
    let to =
        from.next(event).map_err(|illegal| refused(job_row.to_string(), illegal.to_string()))?;
    let rests = !to.is_active();
    let (error_code, error_message) = why.error.clone().unzip();
    let moved = tx.execute(
        sql!("job_move"),
        named_params! {
            ":job_id": job_row, ":from": from.as_str(), ":to": to.as_str(), ":ends": rests,
            ":reason": why.reason, ":error_code": error_code, ":error_message": error_message,
            ":now_ms": now_ms,
        },
    )?;
    if moved == 1 {
        return Ok(to);
    }
    let (uid, found) =
        tx.query_row(sql!("job_state"), named_params! { ":job_id": job_row }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Err(refused(uid, found))
}

/// Begins a further attempt of a job; gives its number.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn next_attempt(tx: &Connection, job_row: i64) -> Result<u32, StoreError> {
    Ok(tx.query_row(sql!("job_attempt"), named_params! { ":job_id": job_row }, |row| row.get(0))?)
}

/// Marks jobs that were at work as interrupted. Only the holder of the lease may call this,
/// before it starts any: then whoever was at work on them is dead.
pub(super) fn mark_interrupted(tx: &Connection, now_ms: i64) -> Result<(), StoreError> {
    let active: Vec<(i64, JobState)> = tx
        .prepare(sql!("jobs_active"))?
        .query_map([], |row| Ok((row.get("id")?, state(row, "state")?)))?
        .collect::<Result<_, _>>()?;
    for (job_row, from) in active {
        let why = MoveReason { reason: Some("its process died".to_owned()), error: None };
        advance(tx, job_row, from, JobEvent::ProcessDied, &why, now_ms)?;
    }
    Ok(())
}

/// Saves how far a job is; never its state.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn save_progress(
    tx: &Connection,
    job_row: i64,
    checkpoint: &Checkpoint,
    counters: &Counters,
    total: (Option<u64>, bool),
    now_ms: i64,
) -> Result<(), StoreError> {
    let json = |counters: &Counters| {
        serde_json::to_string(counters)
            .map_err(|e| StoreError::Damaged(format!("counters cannot be written: {e}")))
    };
    tx.prepare_cached(sql!("job_progress"))?.execute(named_params! {
        ":job_id": job_row, ":counters": json(counters)?, ":total": total.0.map(|n| n as i64),
        ":total_is_estimate": total.1, ":now_ms": now_ms,
    })?;
    let untouched = &checkpoint.untouched;
    tx.prepare_cached(sql!("checkpoint_upsert"))?.execute(named_params! {
        ":job_id": job_row, ":attempt": checkpoint.attempt,
        ":watermark": checkpoint.watermark as i64,
        ":cursor": checkpoint.cursor.as_ref().map(ItemKey::as_str),
        ":unchanged": untouched.unchanged as i64, ":still_skipped": untouched.skipped as i64,
        ":still_rejected": untouched.rejected as i64,
        ":done_before": untouched.done_before as i64,
        ":counters": json(&checkpoint.counters)?, ":now_ms": now_ms,
    })?;
    Ok(())
}

/// Reads a job's checkpoint, if it has written one.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn checkpoint(connection: &Connection, job_row: i64) -> Result<Option<Checkpoint>, StoreError> {
    let count = |row: &Row<'_>, column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    let found = connection
        .query_row(sql!("checkpoint_read"), named_params! { ":job_id": job_row }, |row| {
            Ok(Checkpoint {
                attempt: row.get("attempt")?,
                watermark: count(row, "watermark")?,
                cursor: row.get::<_, Option<String>>("cursor")?.map(ItemKey::new),
                untouched: Untouched {
                    unchanged: count(row, "unchanged")?,
                    skipped: count(row, "still_skipped")?,
                    rejected: count(row, "still_rejected")?,
                    done_before: count(row, "done_before")?,
                },
                counters: serde_json::from_str(&row.get::<_, String>("counters")?)
                    .unwrap_or_default(),
            })
        })
        .optional()?;
    Ok(found)
}

/// Records the version of the source that a job works on.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn save_source_version(
    tx: &Connection,
    job_row: i64,
    version: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        sql!("job_source_version"),
        named_params! { ":job_id": job_row, ":version": version },
    )?;
    Ok(())
}

/// The newest jobs, the latest first.
pub(super) fn recent(connection: &Connection, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
    let mut statement = connection.prepare_cached(sql!("jobs_recent"))?;
    let jobs = statement.query_map(named_params! { ":limit": limit }, |row| {
        let counters: String = row.get("counters")?;
        Ok(JobRecord {
            id: row.get("uid")?,
            source: row.get("source")?,
            kind: row.get("kind")?,
            state: state(row, "state")?,
            attempt: row.get("attempt")?,
            source_version: row.get("source_version")?,
            created_at_ms: row.get("created_at_ms")?,
            started_at_ms: row.get("started_at_ms")?,
            completed_at_ms: row.get("completed_at_ms")?,
            updated_at_ms: row.get("updated_at_ms")?,
            total: row.get::<_, Option<i64>>("total")?.map(i64::unsigned_abs),
            total_is_estimate: row.get("total_is_estimate")?,
            counters: serde_json::from_str(&counters).unwrap_or_default(),
            reason: row.get("reason")?,
            error_code: row.get("error_code")?,
            error_message: row.get("error_message")?,
        })
    })?;
    Ok(jobs.collect::<Result<_, _>>()?)
}

fn state(row: &Row<'_>, column: &str) -> rusqlite::Result<JobState> {
    let name: String = row.get(column)?;
    // The column's `check` lets no other word in.
    JobState::from_name(&name)
        .ok_or_else(|| rusqlite::Error::InvalidColumnName(format!("unknown job state {name}")))
}

fn digest(row: &Row<'_>, column: &str) -> rusqlite::Result<Digest> {
    Ok(row.get::<_, [u8; 32]>(column)?.into())
}
