//! The engine: the face that a service embeds.
//!
//! An engine holds one store open for writing. Jobs run one after the other; each can be
//! watched, paused, cancelled and, after any end of the process, run again.

mod deletions;
mod error;
mod export;
mod feed;
mod job_actor;
mod legacy;
mod pinning;
mod plan;
mod removal;
mod report;
mod run;
mod team;
mod watching;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

pub use error::{EngineError, Severity, remedy};
#[cfg(feature = "owl")]
pub use export::export_turtle;
pub use export::{ExportCounts, ExportError, export_functional};
pub use feed::Feed;
pub use legacy::{LEGACY, LegacyOptions, LegacyReport};
pub use plan::{Plan, PlannedChange, PlannedFetch, plan};
pub use removal::Removal;
pub use report::{
    Attention, REPORT_LINES, Receipt, ReceiptCounts, Report, SyncProgress, SyncStatistics,
};
pub use watching::{WATCH_BACKOFF_CAP, Watch};

use crate::checkpoint::Checkpoint;
use crate::config::{Config, SyncOptions};
use crate::fingerprint::Reading;
use crate::item::ItemKey;
use crate::job::{JobEvent, JobId, JobKind, JobState};
use crate::parse::Parser;
use crate::progress::Progress;
use crate::store::{
    DeadLetterFilter, LEASE_RENEWAL, MoveReason, NewJob, Reader, SourceRow, Store, StoreError,
    WriteTransaction, advance, checkpoint, create, discard, ensure_document_type, ensure_source,
    last_version, next_attempt, pause_left, resumable,
};
use run::Run;

/// A store with everything that keeps it true to its sources.
///
/// Dropped, it lets the store go once the jobs it has started have ended.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    lease: JoinHandle<()>,
}

/// What jobs share.
pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) config: Config,
    pub(crate) parser: Arc<dyn Parser>,
    pub(crate) reading: Reading,
    /// One job at a time writes.
    pub(crate) turn: Semaphore,
    /// How many items were read under this lease.
    pub(crate) reads: Arc<AtomicI64>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("store", &self.store).finish_non_exhaustive()
    }
}

/// A job that was started: watch it, stop it, wait for it.
///
/// A handle that is dropped leaves its job running.
#[derive(Debug)]
pub struct JobHandle {
    id: JobId,
    attempt: u32,
    progress: watch::Receiver<Progress>,
    control: mpsc::UnboundedSender<Control>,
    end: JoinHandle<Result<Report, EngineError>>,
}

/// What can be asked of a running job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    Pause(String),
    Cancel,
    Abandon,
}

impl Engine {
    /// Opens the store at `path`, or makes it. Needs a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] at once if another process writes it, and whatever else makes
    /// the file unusable; see [`Store::open`].
    pub async fn open(path: impl AsRef<Path>, config: Config) -> Result<Self, EngineError> {
        let parser = Arc::new(feed::file_parser(&config));
        Self::open_with_parser(path, config, parser).await
    }

    /// Opens a store whose items are read by `parser`.
    ///
    /// # Errors
    ///
    /// As [`Engine::open`].
    pub async fn open_with_parser(
        path: impl AsRef<Path>,
        config: Config,
        parser: Arc<dyn Parser>,
    ) -> Result<Self, EngineError> {
        let (path, durability) = (path.as_ref().to_owned(), config.durability);
        let open = move || Store::open(&path, durability, now_ms());
        let died = |e: tokio::task::JoinError| EngineError::Engine(e.to_string());
        let store = tokio::task::spawn_blocking(open).await.map_err(died)??;
        let writer = store.writer().clone();
        let lease = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(LEASE_RENEWAL);
            loop {
                ticks.tick().await;
                // A lease that is lost shows in the next transaction, to whoever writes.
                if let Err(error) = writer.renew_lease(now_ms()).await {
                    tracing::warn!(%error, "the lease was not renewed");
                }
            }
        });
        let reading = reading_of(&*parser, &config);
        let (turn, reads) = (Semaphore::new(1), Arc::default());
        let shared = Shared { store, config, parser, reading, turn, reads };
        Ok(Self { shared: Arc::new(shared), lease })
    }

    /// Brings the store to the source's present version; or those items of it that are asked
    /// for, which deletes nothing.
    ///
    /// Continues the source's last job under its id if that rests unfinished and was asked for
    /// the same; else starts a new one. Waits its turn if another job is at work.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports when the job is recorded.
    pub async fn sync(
        &self,
        feed: impl Into<Feed>,
        options: SyncOptions,
    ) -> Result<JobHandle, EngineError> {
        let feed = feed.into();
        let is_part = feed.source.restriction().is_some() || !options.keys.is_empty();
        let kind = if is_part { JobKind::Index } else { JobKind::Sync };
        self.submit(feed, options, kind).await
    }

    /// Tries the open dead letters of a source again: all, those of one cause, or one.
    ///
    /// # Errors
    ///
    /// [`EngineError::Unknown`] if there are none.
    pub async fn retry(
        &self,
        feed: impl Into<Feed>,
        filter: &DeadLetterFilter,
    ) -> Result<JobHandle, EngineError> {
        let feed = feed.into();
        let name = feed.source.description().name;
        let reader = self.reader()?;
        let known = reader.source(&name)?;
        let unknown = || EngineError::Unknown(format!("{name} has no such open dead letter"));
        let keys = reader.dead_letter_keys(known.ok_or_else(unknown)?.id, filter)?;
        if keys.is_empty() {
            return Err(unknown());
        }
        let options = SyncOptions { keys, ..SyncOptions::default() };
        self.submit(feed, options, JobKind::Retry).await
    }

    /// Gives open dead letters up, with the reason; says how many. Their items are left out
    /// until they change.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub async fn discard(
        &self,
        filter: DeadLetterFilter,
        reason: String,
    ) -> Result<usize, EngineError> {
        let writer = self.shared.store.writer();
        Ok(writer.transact(move |tx| discard(tx, &filter, &reason, now_ms())).await?)
    }

    /// Takes over an old database of VisionFlow, or takes that back, in one transaction; see
    /// [`LegacyOptions`]. It is never written. Done again, only what differs is written, and
    /// what the old database no longer has is deleted.
    ///
    /// # Errors
    ///
    /// [`EngineError::Legacy`] if it cannot be read or is of no known [`Shape`],
    /// [`EngineError::Unaccounted`] if a row got lost on the way, [`EngineError::Unknown`] if
    /// there is nothing to take back, and whatever SQLite reports. Nothing was changed then.
    ///
    /// [`Shape`]: crate::legacy::Shape
    pub async fn import_legacy(
        &self,
        path: impl AsRef<Path>,
        options: LegacyOptions,
    ) -> Result<LegacyReport, EngineError> {
        legacy::import(self.shared.clone(), path.as_ref(), options).await
    }

    /// Opens a connection that reads. Its calls block; keep them off async threads.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn reader(&self) -> Result<Reader, EngineError> {
        Ok(self.shared.store.reader()?)
    }

    /// What of the store breaks a rule that must always hold; empty if nothing does.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub async fn violations(&self) -> Result<Vec<String>, EngineError> {
        Ok(self.shared.store.violations().await?)
    }

    /// What two runs over one source are compared by, after the run that `report` tells of.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn receipt(&self, report: &Report) -> Result<Receipt, EngineError> {
        let reader = self.reader()?;
        Ok(Receipt {
            tool_version: env!("CARGO_PKG_VERSION"),
            source: report.source.clone(),
            source_version: report.source_version.clone(),
            configuration_digest: report.reading.configuration_version,
            parser_version: report.reading.parser_version,
            totals: reader.totals()?,
            counts: (&report.counters).into(),
            store_digest: reader.digest()?,
        })
    }

    /// Lets the store go: once this returns another process can open it. A job that is still
    /// at work is cut off as if the process had died.
    pub async fn close(self) {
        // A lease that is given back is not to be renewed.
        self.lease.abort();
        self.shared.store.close().await;
    }

    async fn submit(
        &self,
        feed: Feed,
        options: SyncOptions,
        kind: JobKind,
    ) -> Result<JobHandle, EngineError> {
        let description = feed.source.description();
        let keys: Vec<_> = options.keys.iter().map(ItemKey::as_str).collect();
        let request = serde_json::json!({
            "force": options.force, "source": description.settings, "keys": keys,
            "part": feed.source.restriction(),
            "ontology": self.shared.config.ontology_id,
            "prefixes": self.shared.config.pages.prefixes,
        });
        let (request, reading) = (request.to_string(), self.shared.reading_of(&feed));
        let ontology = self.shared.config.ontology_id.clone();
        let prefixes = self.shared.config.pages.prefixes.clone();
        let entity = feed.entity.clone();
        let started = self
            .shared
            .store
            .writer()
            .transact(move |tx| {
                let mut row = ensure_source(
                    tx,
                    &description.name,
                    description.kind,
                    &description.settings,
                    &ontology,
                    &prefixes,
                )?;
                if let Some(entity) = &entity {
                    row.document_type = Some(ensure_document_type(tx, entity)?);
                }
                begin(tx, row, kind, request, reading)
            })
            .await?;
        let start = Progress {
            job: started.id.clone(),
            state: started.state,
            counters: <_>::default(),
            skips: <_>::default(),
            total: None,
            total_is_estimate: true,
            waiting: None,
            current_item: None,
            items_per_second: 0.0,
            seconds_left: None,
            recent_errors: Vec::new(),
        };
        let (snapshots, progress) = watch::channel(start);
        let (control, controls) = mpsc::unbounded_channel();
        let (id, attempt) = (started.id.clone(), started.attempt);
        let shared = self.shared.clone();
        let run = Run::new(shared, feed, options, started, snapshots, controls);
        Ok(JobHandle { id, attempt, progress, control, end: tokio::spawn(run.until_rest()) })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.lease.abort();
    }
}

impl JobHandle {
    /// The job's name, which stays when it is continued.
    pub fn id(&self) -> &JobId {
        &self.id
    }

    /// Which attempt of the job this is, from 1. A later one continues where it stopped.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Snapshots of the job, the latest first: a slow reader misses some and holds nothing
    /// up. Closed when the job has ended.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }

    /// Finishes what is in flight and rests. Running the source again continues.
    pub fn pause(&self, reason: impl Into<String>) {
        self.ask(Control::Pause(reason.into()));
    }

    /// Finishes what is in flight and ends. What was written stays.
    pub fn cancel(&self) {
        self.ask(Control::Cancel);
    }

    /// Ends at once, as if the process had died; what was committed stays.
    pub fn abandon(&self) {
        self.ask(Control::Abandon);
    }

    /// Waits until the job has come to rest.
    ///
    /// # Errors
    ///
    /// Whatever stopped the job; its state says whether running again may help.
    pub async fn finished(self) -> Result<Report, EngineError> {
        self.end.await.map_err(|e| EngineError::Engine(format!("the job died: {e}")))?
    }

    fn ask(&self, control: Control) {
        // A job that has ended needs no control.
        let _ = self.control.send(control);
    }
}

/// A job as it was recorded.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    pub(crate) id: JobId,
    pub(crate) row: i64,
    pub(crate) source: SourceRow,
    pub(crate) kind: JobKind,
    pub(crate) state: JobState,
    pub(crate) attempt: u32,
    /// When an earlier attempt started, in Unix milliseconds.
    pub(crate) started_at_ms: Option<i64>,
    /// The version of the source that an earlier attempt worked on.
    pub(crate) interrupted: Option<String>,
    /// The version of the source to which the last whole job brought the store.
    pub(crate) last: Option<String>,
    /// How long the source's server had asked to be left alone, as of now.
    pub(crate) wait: Duration,
    /// How items are read.
    pub(crate) reading: Reading,
    /// How far an earlier attempt got.
    pub(crate) checkpoint: Option<Checkpoint>,
}

/// Finds the job to continue, or records a new one.
fn begin(
    tx: &WriteTransaction<'_>,
    source: SourceRow,
    kind: JobKind,
    request: String,
    reading: Reading,
) -> Result<Started, StoreError> {
    let now_ms = now_ms();
    let wait = Duration::from_millis(pause_left(tx, source.id, now_ms)?);
    let last = last_version(tx, source.id, &reading, &request)?;
    let resting = if kind == JobKind::Retry { None } else { resumable(tx, source.id, kind)? };
    if let Some(job) = resting {
        if job.options == request && job.reading == reading {
            let attempt = next_attempt(tx, job.row)?;
            // What made a job fail may lie in its version; the present one may do without.
            let is_cut_off = job.state != JobState::Failed;
            return Ok(Started {
                id: job.id,
                row: job.row,
                source,
                kind,
                state: job.state,
                attempt,
                started_at_ms: job.started_at_ms,
                interrupted: job.source_version.filter(|_| is_cut_off),
                last,
                wait,
                reading,
                checkpoint: checkpoint(tx, job.row)?,
            });
        }
        let code = "superseded".to_owned();
        let message = "its options, parser or configuration are no longer those asked for";
        let why = MoveReason { reason: None, error: Some((code, message.to_owned())) };
        advance(tx, job.row, job.state, JobEvent::Superseded, &why, now_ms)?;
    }
    let id = JobId::generate();
    let new = NewJob { id: id.clone(), kind, source_id: source.id, options: request, reading };
    Ok(Started {
        id,
        row: create(tx, &new, now_ms)?,
        source,
        kind,
        state: JobState::Queued,
        attempt: 1,
        started_at_ms: None,
        interrupted: None,
        last,
        wait,
        reading,
        checkpoint: None,
    })
}

impl Shared {
    /// How the items of a feed are read.
    fn reading_of(&self, feed: &Feed) -> Reading {
        feed.own_parser(&self.config).map_or(self.reading, |(_, reading)| reading)
    }
}

/// How items are read: the parser's own version and settings, and the scope of what they state.
fn reading_of(parser: &dyn Parser, config: &Config) -> Reading {
    let Reading { parser_version, configuration_version } = parser.reading();
    let mut hasher = blake3::Hasher::new();
    hasher.update(configuration_version.as_bytes());
    hasher.update(config.ontology_id.as_bytes());
    Reading { parser_version, configuration_version: hasher.finalize().into() }
}

/// Unix time in milliseconds.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
