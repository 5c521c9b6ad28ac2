//! One job from its turn to its rest. Each next state is stored before anything acts on it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use backon::Retryable;
use tokio::sync::{mpsc, watch};

use super::deletions::Deletions;
use super::job_actor::JobMessage;
use super::report::{Nothing, REPORT_LINES, attention};
use super::team::Team;
use super::{Control, EngineError, Feed, Report, Shared, Started, now_ms};
use crate::checkpoint::Counters;
use crate::config::SyncOptions;
use crate::entity::Entity;
use crate::failpoint::failpoint;
use crate::item::ItemKey;
use crate::job::{JobEvent, JobKind, JobState};
use crate::parse::Parser;
use crate::pipeline::{ScanEnd, backoff};
use crate::progress::{Alarm, Progress, ProgressMessage};
use crate::source::{Gap, Source, Traffic};
use crate::store::{
    FaultClass, MoveReason, SkipCount, StoreError, advance, clear, clear_seen, forget_idle,
    save_source_version, set_incomplete,
};

/// How long the last snapshot is waited for: the queue before it holds no more than what was
/// in flight.
const FLUSH_LIMIT: Duration = Duration::from_secs(30);

/// A job at work.
pub(super) struct Run {
    pub(super) shared: Arc<Shared>,
    pub(super) source: Arc<dyn Source>,
    pub(super) options: SyncOptions,
    /// What its items are rows of, if they are.
    entity: Option<Entity>,
    pub(super) parser: Arc<dyn Parser>,
    pub(super) job: Started,
    pub(super) snapshots: watch::Sender<Progress>,
    pub(super) controls: mpsc::UnboundedReceiver<Control>,
    begun: Instant,
    /// The version of the source, once that is known.
    pub(super) version: Option<String>,
    /// What its source has to tell.
    notes: Vec<String>,
    /// What it left out, by reason; nothing as long as it has looked at nothing.
    skips: Option<BTreeMap<&'static str, u64>>,
    /// Keys that it was asked to look at and that nobody knows.
    unknown: Vec<ItemKey>,
    /// What had been asked of the source's server before this job.
    asked_before: Traffic,
    /// Why it is to rest, with a stable word, once it was told to.
    stopped: Option<(String, String)>,
}

impl Run {
    pub(super) fn new(
        shared: Arc<Shared>,
        feed: Feed,
        options: SyncOptions,
        job: Started,
        snapshots: watch::Sender<Progress>,
        controls: mpsc::UnboundedReceiver<Control>,
    ) -> Self {
        let own = feed.own_parser(&shared.config);
        let parser = own.map_or_else(|| shared.parser.clone(), |(parser, _)| parser);
        Self {
            shared,
            source: feed.source,
            options,
            entity: feed.entity,
            parser,
            job,
            snapshots,
            controls,
            begun: Instant::now(),
            version: None,
            notes: Vec::new(),
            skips: None,
            unknown: Vec::new(),
            asked_before: Traffic::default(),
            stopped: None,
        }
    }

    /// Runs the job until it rests.
    pub(super) async fn until_rest(mut self) -> Result<Report, EngineError> {
        let shared = self.shared.clone();
        let Ok(_turn) = shared.turn.acquire().await else {
            return Err(EngineError::Engine("the engine is closed".to_owned()));
        };
        self.begun = Instant::now();
        if let Some(traffic) = self.source.traffic() {
            self.asked_before = traffic.borrow().clone();
        }
        let span = tracing::info_span!("job", id = %self.job.id);
        tracing::info!(parent: &span, attempt = self.job.attempt, "started");
        let result = self.work().await;
        match &result {
            Ok(report) => tracing::info!(parent: &span, state = %report.state, "ended"),
            Err(error) => tracing::error!(parent: &span, %error, "failed"),
        }
        result
    }

    async fn work(&mut self) -> Result<Report, EngineError> {
        let event = match self.job.state {
            JobState::Queued => JobEvent::Started,
            _ => JobEvent::Resumed,
        };
        self.advance(event, MoveReason::default()).await?;
        failpoint!("engine::started");
        match self.sync().await {
            Ok(report) => Ok(report),
            // Told to stop at once: the rows are left as a dead process leaves them.
            Err(EngineError::Abandoned) => Err(EngineError::Abandoned),
            Err(error) => {
                let why = Some((error.code().to_owned(), error.to_string()));
                let failed = MoveReason { reason: None, error: why };
                // The first error is the one to tell; the state is best effort after it.
                if let Err(second) = self.advance(JobEvent::Failed, failed).await {
                    tracing::warn!(error = %second, "the job's end was not recorded");
                }
                Err(error)
            }
        }
    }

    async fn sync(&mut self) -> Result<Report, EngineError> {
        let _heed = self.heed();
        let Some(pinned) = self.pin().await? else {
            return self.rest(Counters::default()).await;
        };
        let (job_row, source_row) = (self.job.row, self.job.source.id);
        let kind = self.job.kind;
        self.version = pinned.version().0;
        self.notes = pinned.notes();
        let named = self.version.clone();
        let writer = self.shared.store.writer();
        writer
            .transact(move |tx| {
                save_source_version(tx, job_row, named.as_deref())?;
                match kind {
                    JobKind::Sync => {
                        clear(tx, source_row)?;
                        clear_seen(tx, source_row)
                    }
                    JobKind::Index | JobKind::Retry | JobKind::Import => Ok(()),
                }
            })
            .await?;
        if self.is_up_to_date(&*pinned) {
            return self.end_unread().await;
        }
        let mut team = self.assemble(pinned).await?;
        let result = self.conduct(&mut team).await;
        team.supervisor.stop(None);
        result
    }

    async fn conduct(&mut self, team: &mut Team) -> Result<Report, EngineError> {
        let gaps = match self.watch(team).await? {
            ScanEnd::Failed(error) => {
                flush(team, false).await?;
                return Err(error.into());
            }
            ScanEnd::Stopped => {
                let progress = flush(team, false).await?;
                self.skips = Some(progress.skips);
                return self.rest(progress.counters).await;
            }
            ScanEnd::Listed { gaps, unknown } => {
                self.unknown = unknown;
                gaps
            }
        };
        failpoint!("engine::listed");
        let progress = flush(team, self.job.kind != JobKind::Retry).await?;
        self.delete(team, &gaps, progress.counters.listed).await?;
        let progress = flush(team, true).await?;
        self.skips = Some(progress.skips);
        failpoint!("engine::finishing");
        if self.stopped.is_some() {
            return self.rest(progress.counters).await;
        }
        self.finish(progress.counters, &gaps).await
    }

    /// Waits for the end of the scan, and passes on what is asked of the job meanwhile.
    async fn watch(&mut self, team: &mut Team) -> Result<ScanEnd, EngineError> {
        let mut deadline = None;
        loop {
            let asked = tokio::select! {
                end = &mut team.ended => {
                    return end.map_err(|_| EngineError::Engine("the supervisor died".to_owned()));
                }
                Some(control) = self.controls.recv() => control,
                Some(alarm) = team.alarms.recv() => match alarm {
                    Alarm::Pause(reason) => Control::Pause(reason),
                    Alarm::Fail { code, message } => {
                        team.stop.send_replace(true);
                        let _ = team.supervisor.cast(JobMessage::Abandon);
                        return Err(EngineError::Stopped { code, message });
                    }
                },
                () = until(deadline) => {
                    tracing::warn!("what is still in flight is left behind; it is pending again");
                    let _ = team.supervisor.cast(JobMessage::Abandon);
                    deadline = None;
                    continue;
                }
            };
            if self.obey(asked, team).await? && deadline.is_none() {
                deadline = Some(Instant::now() + self.shared.config.drain_limit);
            }
        }
    }

    /// Stores what the job is now asked to become, then acts on it. True if it begins to drain.
    async fn obey(&mut self, asked: Control, team: &Team) -> Result<bool, EngineError> {
        let is_stopping = self.intend(asked).await;
        if let Err(EngineError::Abandoned) = is_stopping {
            team.stop.send_replace(true);
            let _ = team.supervisor.cast(JobMessage::Abandon);
        }
        if !is_stopping? {
            return Ok(false);
        }
        team.stop.send_replace(true);
        let _ = team.supervisor.cast(JobMessage::Drain);
        Ok(true)
    }

    /// Stores what the job is now asked to become. False if it is on its way to rest already.
    pub(super) async fn intend(&mut self, asked: Control) -> Result<bool, EngineError> {
        let (event, code, reason) = match asked {
            Control::Pause(reason) => (JobEvent::PauseRequested, "stopped", reason),
            Control::Cancel => {
                (JobEvent::CancelRequested, "cancelled", "cancelled on request".to_owned())
            }
            Control::Abandon => return Err(EngineError::Abandoned),
        };
        if self.job.state.next(event).is_err() {
            return Ok(false);
        }
        let why = MoveReason { reason: Some(reason.clone()), error: None };
        self.advance(event, why).await?;
        self.stopped = Some((code.to_owned(), reason));
        Ok(true)
    }

    /// Deletes what the listing lacked or what states nothing any more, while what is asked of the
    /// job is still heard. A job over a part of the source withholds all of it.
    async fn delete(
        &mut self,
        team: &mut Team,
        gaps: &[Gap],
        listed: u64,
    ) -> Result<(), EngineError> {
        let shared = self.shared.clone();
        let pinned = team.pinned.clone();
        let deletions = Deletions {
            store: &shared.store,
            pinned: &*pinned,
            parsers: &team.parsers.clone(),
            source_row: self.job.source,
            job_row: self.job.row,
            is_complete: self.job.kind == JobKind::Sync && gaps.is_empty(),
            listed,
            approved: self.options.approve_deletions,
            progress: &team.progress,
            stop: team.stop.subscribe(),
            group_items: self.group_items(pinned.order()),
            now_ms,
        };
        let mut deleting = std::pin::pin!(deletions.run());
        loop {
            tokio::select! {
                done = &mut deleting => return done,
                Some(control) = self.controls.recv() => {
                    self.obey(control, team).await?;
                }
            }
        }
    }

    /// The job has come to rest before its end.
    async fn rest(&mut self, counters: Counters) -> Result<Report, EngineError> {
        let reason = self.stopped.clone().map(|(_, reason)| reason);
        self.advance(JobEvent::Drained, MoveReason { reason, error: None }).await?;
        self.report(counters, &[])
    }

    /// The job has come to its end.
    pub(super) async fn finish(
        &mut self,
        counters: Counters,
        gaps: &[Gap],
    ) -> Result<Report, EngineError> {
        let mut report = self.report(counters, gaps)?;
        if !gaps.is_empty() {
            let job_row = self.job.row;
            self.shared.store.writer().transact(move |tx| set_incomplete(tx, job_row)).await?;
        }
        let event = if report.attention.is_empty() {
            JobEvent::Finished
        } else {
            JobEvent::FinishedWithErrors
        };
        self.advance(event, MoveReason::default()).await?;
        report.state = self.job.state;
        self.forget_seen().await;
        self.forget_idle().await;
        Ok(report)
    }

    /// Forgets what was seen, once the job has ended. What is left of it, the next sync of the
    /// source forgets.
    async fn forget_seen(&self) {
        let source_row = self.job.source.id;
        let forget = self.shared.store.writer().transact(move |tx| clear_seen(tx, source_row));
        if let Err(error) = forget.await {
            tracing::warn!(%error, "what was seen is still kept");
        }
    }

    /// Forgets jobs that found nothing changed. If that fails, this job still succeeds.
    async fn forget_idle(&self) {
        if let Err(error) = self.shared.store.writer().transact(|tx| forget_idle(tx)).await {
            tracing::warn!(%error, "jobs that found nothing changed are still kept");
        }
    }

    fn report(&self, counters: Counters, gaps: &[Gap]) -> Result<Report, EngineError> {
        let reader = self.shared.store.reader()?;
        let source_id = self.job.source.id;
        let of_source = reader.skips(Some(source_id))?;
        let skips = match &self.skips {
            Some(of_job) => of_job
                .iter()
                .map(|(reason, items)| {
                    let known = of_source.iter().find(|it| it.reason == *reason);
                    let stored = known.map_or(0, |it| it.stored.min(*items));
                    SkipCount { reason: (*reason).to_owned(), items: *items, stored }
                })
                .collect(),
            None => of_source,
        };
        let name = self.source.description().name;
        let withheld = reader.withheld(REPORT_LINES)?.into_iter();
        let seconds = self.begun.elapsed().as_secs_f64();
        Ok(Report {
            job: self.job.id.clone(),
            source_version: self.version.clone(),
            reading: self.job.reading,
            state: self.job.state,
            attempt: self.job.attempt,
            started_at_ms: self.job.started_at_ms.unwrap_or_default(),
            counters,
            totals: reader.totals()?,
            diagnostics: reader.diagnostic_counts()?,
            errors: reader.errors(source_id, REPORT_LINES)?,
            withheld: withheld.filter(|(of, _)| *of == name).map(|(_, key)| key).collect(),
            gaps: gaps.iter().map(|gap| format!("{}: {}", gap.place, gap.reason)).collect(),
            unknown_keys: self.unknown.iter().map(ToString::to_string).collect(),
            attention: attention(
                &counters,
                gaps,
                &skips,
                self.unknown.len(),
                self.stopped.clone(),
                self.nothing(counters.listed, gaps),
            ),
            skips: skips.into_iter().map(|it| (it.reason, it.items)).collect(),
            source: name,
            notes: self.notes.clone(),
            traffic: self.source.traffic().map(|it| it.borrow().since(&self.asked_before)),
            seconds,
            items_per_second: counters.finished() as f64 / seconds.max(f64::EPSILON),
        })
    }

    /// What kept a listing from showing anything, if that may be a mistake: a table without rows
    /// is none.
    fn nothing(&self, listed: u64, gaps: &[Gap]) -> Option<Nothing> {
        let is_whole = self.job.kind == JobKind::Sync && self.stopped.is_none();
        if !is_whole || listed > 0 || !gaps.is_empty() {
            return None;
        }
        match &self.entity {
            None => Some(Nothing::Files),
            Some(entity) => entity.filter.as_ref().map(|_| Nothing::Filter),
        }
    }

    /// Stores the state after `event`, again and later while the store's surroundings fail,
    /// then shows it.
    async fn advance(&mut self, event: JobEvent, why: MoveReason) -> Result<(), EngineError> {
        let (row, from) = (self.job.row, self.job.state);
        let now = now_ms();
        let writer = self.shared.store.writer();
        let advance = || {
            let why = why.clone();
            writer.transact(move |tx| advance(tx, row, from, event, &why, now))
        };
        let may_help = |error: &StoreError| error.class() == FaultClass::Infrastructure;
        self.job.state = advance.retry(backoff()).when(may_help).await?;
        self.job.started_at_ms.get_or_insert(now);
        let state = self.job.state;
        self.snapshots.send_modify(|shown| shown.state = state);
        Ok(())
    }
}

/// Has everything counted and saved that was told so far.
async fn flush(team: &Team, exact: bool) -> Result<Progress, EngineError> {
    let ask = |reply| ProgressMessage::Flush { exact, reply };
    let limit = Some(FLUSH_LIMIT);
    match team.progress.call(ask, limit).await {
        Ok(ractor::rpc::CallResult::Success(progress)) => Ok(progress),
        _ => Err(EngineError::Engine("the progress actor does not answer".to_owned())),
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}
