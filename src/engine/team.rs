//! The actors of a job at work, and what each of them is given.

use std::sync::Arc;

use ractor::{Actor, ActorRef};
use tokio::sync::{mpsc, oneshot, watch};

use super::job_actor::{JobActor, JobArguments, JobMessage, MakeScan};
use super::run::Run;
use super::{EngineError, now_ms};
use crate::job::JobKind;
use crate::pipeline::{
    Comparison, Decision, GivenKeys, Group, InFlight, Outlet, Pace, Parsers, Round, Scan, ScanEnd,
    Stored, WorkerArguments, WorkerMessage,
};
use crate::progress::{Alarm, CHECKPOINT_ITEMS, ProgressArguments, ProgressMessage};
use crate::source::{Listing, Order, Pinned};

/// Groups between source and store at once: one is written and one parsed while two are
/// gathered or counted. A checkpoint is written after as many.
const GROUPS: usize = 4;

/// Room in flight beside the largest item: the other items of a batch that is being read hold a
/// kilobyte each, and go on only when it has its place.
const BATCH_ROOM_BYTES: u64 = 64 * 1024;

/// The actors of a running job.
pub(super) struct Team {
    pub(super) pinned: Arc<dyn Pinned>,
    pub(super) parsers: Arc<Parsers>,
    pub(super) supervisor: ActorRef<JobMessage>,
    pub(super) progress: ActorRef<ProgressMessage>,
    pub(super) ended: oneshot::Receiver<ScanEnd>,
    pub(super) alarms: mpsc::UnboundedReceiver<Alarm>,
    pub(super) stop: watch::Sender<bool>,
}

impl Run {
    /// Starts the job's actors.
    pub(super) async fn assemble(&mut self, pinned: Arc<dyn Pinned>) -> Result<Team, EngineError> {
        let (ended, end) = oneshot::channel();
        let (started, progress) = oneshot::channel();
        let (stop, stopping) = watch::channel(false);
        let (alarm, alarms) = mpsc::unbounded_channel();
        let (idle, idlers) = mpsc::unbounded_channel();
        let shared = &self.shared;
        let writer = shared.store.writer().clone();
        let (reading, limit) = (self.job.reading, shared.config.item_timeout);
        let parsers = Arc::new(Parsers::new(self.parser.clone(), reading, limit));
        let worker = WorkerArguments {
            parsers: parsers.clone(),
            writer: writer.clone(),
            source: self.job.source,
            job_row: self.job.row,
            attempt: self.job.attempt,
            now_ms,
            idle,
        };
        let group_items = self.group_items(pinned.order());
        let counting = ProgressArguments {
            start: self.snapshots.borrow().clone(),
            job_row: self.job.row,
            attempt: self.job.attempt,
            checkpoint_items: CHECKPOINT_ITEMS.max((group_items * GROUPS) as u64),
            writer,
            snapshots: self.snapshots.clone(),
            // A job that has ended needs no alarm.
            alarm: Box::new(move |why| drop(alarm.send(why))),
            now_ms,
        };
        let arguments = JobArguments {
            progress: counting,
            worker,
            workers: shared.config.workers.get(),
            scan: self.scan(&pinned, idlers, stopping)?,
            stop: stop.clone(),
            started,
            ended,
        };
        let died = |e: &dyn std::fmt::Display| EngineError::Engine(e.to_string());
        let (supervisor, _) =
            Actor::spawn(None, JobActor, arguments).await.map_err(|e| died(&e))?;
        let progress = progress.await.map_err(|e| died(&e))?;
        self.estimate(&pinned, progress.clone());
        Ok(Team { pinned, parsers, supervisor, progress, ended: end, alarms, stop })
    }

    /// How the scan is made, once there is somebody to report to.
    fn scan(
        &mut self,
        pinned: &Arc<dyn Pinned>,
        idle: mpsc::UnboundedReceiver<ActorRef<WorkerMessage>>,
        stop: watch::Receiver<bool>,
    ) -> Result<MakeScan, EngineError> {
        let shared = &self.shared;
        let keys = std::mem::take(&mut self.options.keys);
        let stopped_at = self.job.checkpoint.as_ref().and_then(|it| it.cursor.as_ref());
        let listing: Box<dyn Listing> = match stopped_at {
            _ if !keys.is_empty() => Box::new(GivenKeys::new(keys)),
            // What an earlier attempt did is known by the item rows, and looked at again.
            Some(cursor) if pinned.order() == Order::Own => Box::new(Round::new(&**pinned, cursor)),
            _ => pinned.list(),
        };
        let config = &shared.config;
        let largest = self.source.largest_item_bytes() + BATCH_ROOM_BYTES;
        let limit_bytes = config.in_flight_bytes.max(largest);
        let group_items = self.group_items(pinned.order());
        let at_least = u32::try_from(group_items * GROUPS).unwrap_or(u32::MAX);
        let in_flight = InFlight::new(config.in_flight_items.max(at_least), limit_bytes);
        let (source_row, job_row) = (self.job.source.id, self.job.row);
        let stored = Stored {
            comparison: self.comparison(pinned.order()),
            reader: Some(shared.store.reader()?),
            writer: shared.store.writer().clone(),
            source_row,
            job_row,
            attempt: self.job.attempt,
            lacking: 0,
        };
        let (epoch, reading) = (shared.store.epoch(), self.job.reading);
        let decision = Decision { job_row, force: self.options.force };
        let pace = self.options.per_minute.map(Pace::new);
        let (pinned, reads) = (pinned.clone(), shared.reads.clone());
        Ok(Box::new(move |progress| {
            let (lost, redo) = mpsc::unbounded_channel();
            Scan {
                pinned,
                listing,
                stored,
                epoch,
                decision,
                reading,
                in_flight,
                group: Group::new(group_items),
                pace,
                idle,
                redo,
                outlet: Outlet { progress, redo: lost },
                stop,
                next_sequence: 0,
                reads,
                unknown: Vec::new(),
                seen: None,
            }
        }))
    }

    /// How many items are committed together.
    pub(super) fn group_items(&self, order: Order) -> usize {
        match order {
            Order::Bytes => 1,
            Order::Own => self.shared.config.group_items.get(),
        }
    }

    fn comparison(&self, order: Order) -> Comparison {
        match (self.job.kind, order) {
            (JobKind::Sync, Order::Bytes) => Comparison::Merge,
            (JobKind::Sync, Order::Own) => Comparison::Lookup,
            (JobKind::Index | JobKind::Import, _) => Comparison::Part,
            (JobKind::Retry, _) => Comparison::Again,
        }
    }

    /// Has the source count its items meanwhile, for whoever watches.
    fn estimate(&self, pinned: &Arc<dyn Pinned>, progress: ActorRef<ProgressMessage>) {
        if self.job.kind == JobKind::Retry || !self.options.keys.is_empty() {
            return;
        }
        let pinned = pinned.clone();
        tokio::spawn(async move {
            if let Some(total) = pinned.count().await {
                let _ = progress.cast(ProgressMessage::Estimated(total));
            }
        });
    }
}
