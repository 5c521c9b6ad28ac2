//! The progress actor: counts outcomes, and is the only writer of checkpoints.
//!
//! It hears of an item only after the item's commit, so what it saves is never ahead of the
//! truth, which is in the item rows.

use std::any::Any;
use std::fmt;
use std::time::{Duration, Instant};

use ractor::{Actor, ActorProcessingErr, ActorRef, RpcReplyPort};
use tokio::sync::watch;

use super::Progress;
use super::breaker::Breaker;
use super::rate::{Rate, seconds_left};
use super::watermark::Watermark;
use crate::checkpoint::{Checkpoint, Counters, Saved, Untouched};
use crate::failpoint::{failpoint, sabotaged};
use crate::item::{ItemKey, Outcome, Sequence};
use crate::store::{FaultClass, Writer, save_progress};
use crate::telemetry;

/// Files written between two checkpoints, at most: as many as a source is asked for at once.
/// Nothing hangs on it, for the item rows are the truth, and each is a transaction more.
pub const CHECKPOINT_ITEMS: u64 = 32;

/// Time between two checkpoints, at most.
pub const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// Time between two snapshots, at least: each wakes whoever watches, and nobody reads faster.
const SHOW_EVERY: Duration = Duration::from_millis(10);

/// Time after which what was not shown for that reason is.
const SHOW_LATEST: Duration = Duration::from_millis(100);

/// Rejections that a snapshot shows.
const RECENT_ERRORS: usize = 10;

/// What the actor is told and asked.
#[derive(Debug)]
pub enum ProgressMessage {
    /// The source has shown this many more items.
    Listed(u64),
    /// There are this many items, by the source's estimate.
    Estimated(u64),
    /// Items were looked at and stand as they are.
    Looked(Vec<Looked>, Held),
    /// An item was handed to a worker.
    Dispatched(ItemKey),
    /// An item has its outcome, committed.
    Finished(Finished),
    /// An item came back without an outcome: its worker is gone. It is pending again.
    Lost(ItemKey),
    /// Items came back without an outcome: the surroundings failed. They are pending again.
    Failed {
        /// One of them.
        key: ItemKey,
        /// How many they are.
        items: u64,
        /// Whether waiting may help.
        class: FaultClass,
        /// The stable word for what failed.
        code: &'static str,
        /// What failed.
        message: String,
    },
    /// Nothing gets on any more, and why.
    Stuck(String),
    /// An item is tried once more.
    Retried,
    /// Deletions: how many candidates, and what became of them since the last message.
    Deletions {
        /// Items that the listing lacked.
        candidates: u64,
        /// Removed.
        deleted: u64,
        /// Not removed.
        withheld: u64,
        /// There after all.
        found_again: u64,
    },
    /// A moment has passed.
    Tick,
    /// Everything told before has been counted and saved once this is answered. `exact` says
    /// that the listing has ended, so that the number of items is known.
    Flush {
        /// Whether the listing has ended.
        exact: bool,
        /// Answered with the last snapshot.
        reply: RpcReplyPort<Progress>,
    },
}

/// An item that stands as it is.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Its place.
    pub sequence: Sequence,
    /// Its key.
    pub key: ItemKey,
    /// How it stands.
    pub outcome: Outcome,
    /// Whether an earlier attempt of this job decided it.
    pub is_done_before: bool,
    /// Rows that consumers see because of it, if this job wrote it.
    pub saved: Saved,
}

/// An item that has its outcome.
#[derive(Debug)]
pub struct Finished {
    /// Its place.
    pub sequence: Sequence,
    /// Its key.
    pub key: ItemKey,
    /// Its outcome.
    pub outcome: Outcome,
    /// Rows that consumers see because of it.
    pub saved: Saved,
    /// Length of its content.
    pub bytes: u64,
    /// Stage, code and message, if it was rejected.
    pub rejected: Option<(&'static str, &'static str, String)>,
    /// What it holds until it has been counted.
    pub held: Held,
}

/// A place in flight, kept until its item has been counted: so no more endings wait to be heard
/// than there are places.
pub struct Held(pub Box<dyn Any + Send>);

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}

/// Why the actor wants the job to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// The circuit breaker: the job is to pause.
    Pause(String),
    /// Nothing can be written any more: the job is to fail.
    Fail {
        /// The stable word for it.
        code: &'static str,
        /// What happened.
        message: String,
    },
}

/// What the actor needs.
pub struct ProgressArguments {
    /// The first snapshot, from which it counts on.
    pub start: Progress,
    /// The job's row.
    pub job_row: i64,
    /// The job's attempt.
    pub attempt: u32,
    /// Items written between two checkpoints, at most.
    pub checkpoint_items: u64,
    /// Where checkpoints go.
    pub writer: Writer,
    /// Where snapshots go.
    pub snapshots: watch::Sender<Progress>,
    /// Called when the job should stop.
    pub alarm: Box<dyn Fn(Alarm) + Send>,
    /// Unix time in milliseconds.
    pub now_ms: fn() -> i64,
}

impl fmt::Debug for ProgressArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProgressArguments").field("job_row", &self.job_row).finish_non_exhaustive()
    }
}

/// See the module.
#[derive(Clone, Copy, Debug)]
pub struct ProgressActor;

/// The actor's state.
pub struct Count {
    arguments: ProgressArguments,
    watermark: Watermark,
    breaker: Breaker,
    rate: Rate,
    begun: Instant,
    written_since_checkpoint: u64,
    checkpoint_at: Instant,
    shown_at: Option<Instant>,
}

impl Actor for ProgressActor {
    type Msg = ProgressMessage;
    type State = Count;
    type Arguments = ProgressArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<ProgressMessage>,
        arguments: ProgressArguments,
    ) -> Result<Count, ActorProcessingErr> {
        myself.send_interval(SHOW_LATEST, || ProgressMessage::Tick);
        let now = Instant::now();
        Ok(Count {
            arguments,
            watermark: Watermark::default(),
            breaker: Breaker::default(),
            rate: Rate::default(),
            begun: now,
            written_since_checkpoint: 0,
            checkpoint_at: now,
            shown_at: None,
        })
    }

    async fn handle(
        &self,
        _: ActorRef<ProgressMessage>,
        message: ProgressMessage,
        count: &mut Count,
    ) -> Result<(), ActorProcessingErr> {
        let progress = &mut count.arguments.start;
        let counters = &mut progress.counters;
        match message {
            ProgressMessage::Listed(more) => counters.listed += more,
            ProgressMessage::Estimated(total) => {
                if progress.total_is_estimate {
                    progress.total = Some(total);
                }
            }
            ProgressMessage::Looked(items, _) => {
                items.into_iter().for_each(|one| count.looked(one))
            }
            ProgressMessage::Dispatched(key) => {
                counters.in_flight += 1;
                progress.current_item = Some(key.to_string());
            }
            ProgressMessage::Finished(finished) => count.finished(finished),
            ProgressMessage::Lost(key) => {
                counters.in_flight = counters.in_flight.saturating_sub(1);
                metrics::counter!(telemetry::LOST).increment(1);
                tracing::warn!(%key, "the worker is gone; the item is pending again");
            }
            ProgressMessage::Failed { key, items, class, code, message } => {
                count.failed(&key, items, class, code, message);
            }
            ProgressMessage::Stuck(reason) => {
                (count.arguments.alarm)(Alarm::Pause(reason));
            }
            ProgressMessage::Retried => counters.retried += 1,
            ProgressMessage::Deletions { candidates, deleted, withheld, found_again } => {
                counters.candidates += candidates;
                counters.deleted += deleted;
                counters.withheld += withheld;
                counters.found_again += found_again;
                metrics::counter!(telemetry::ITEMS, "outcome" => "deleted").increment(deleted);
            }
            ProgressMessage::Tick => {}
            ProgressMessage::Flush { exact, reply } => {
                if exact {
                    progress.total = Some(counters.listed);
                    progress.total_is_estimate = false;
                }
                count.checkpoint().await;
                count.show();
                // Whoever asked may be gone.
                let _ = reply.send(count.arguments.start.clone());
                return Ok(());
            }
        }
        if count.shown_at.is_none_or(|at| at.elapsed() >= SHOW_EVERY) {
            count.show();
        }
        if count.is_checkpoint_due() {
            count.checkpoint().await;
        }
        Ok(())
    }
}

impl Count {
    fn looked(&mut self, item: Looked) {
        let counters = counted(item.outcome, &item.saved, 0);
        self.arguments.start.counters.add(&counters);
        self.note_skip(item.outcome);
        let mut untouched = Untouched::default();
        match item.outcome {
            _ if item.is_done_before => untouched.done_before = 1,
            Outcome::Skipped(_) => untouched.skipped = 1,
            Outcome::Rejected => untouched.rejected = 1,
            Outcome::Unchanged | Outcome::Written | Outcome::Superseded => untouched.unchanged = 1,
        }
        let counters = Counters { listed: 1, ..counters };
        self.watermark.finish(item.sequence, item.key, untouched, counters);
    }

    fn finished(&mut self, item: Finished) {
        let counters = &mut self.arguments.start.counters;
        counters.in_flight = counters.in_flight.saturating_sub(1);
        let of_item = counted(item.outcome, &item.saved, item.bytes);
        counters.add(&of_item);
        metrics::counter!(telemetry::ITEMS, "outcome" => word(item.outcome)).increment(1);
        metrics::gauge!(telemetry::IN_FLIGHT).set(counters.in_flight as f64);
        self.note_skip(item.outcome);
        let cause = item.rejected.as_ref().map(|(stage, code, _)| (*stage, *code));
        if let Some((.., message)) = item.rejected {
            // The report and the dead letters tell of it; one line an item would hide them.
            tracing::info!(key = %item.key, %message, "rejected");
            let recent = &mut self.arguments.start.recent_errors;
            if recent.len() == RECENT_ERRORS {
                recent.remove(0);
            }
            recent.push(format!("{}: {message}", item.key));
        }
        if let Some(reason) = self.breaker.decided(cause) {
            (self.arguments.alarm)(Alarm::Pause(reason));
        }
        // A superseded item's row tells of the later reading, not of this place.
        let untouched = match item.outcome {
            Outcome::Superseded => Untouched { unchanged: 1, ..Untouched::default() },
            _ => Untouched::default(),
        };
        let of_item = Counters { listed: 1, ..of_item };
        self.watermark.finish(item.sequence, item.key, untouched, of_item);
        self.written_since_checkpoint += 1;
    }

    fn note_skip(&mut self, outcome: Outcome) {
        if let Outcome::Skipped(reason) = outcome {
            *self.arguments.start.skips.entry(reason.as_str()).or_default() += 1;
        }
    }

    fn failed(
        &mut self,
        key: &ItemKey,
        items: u64,
        class: FaultClass,
        code: &'static str,
        message: String,
    ) {
        let counters = &mut self.arguments.start.counters;
        counters.in_flight = counters.in_flight.saturating_sub(items);
        tracing::warn!(%key, items, code, %message, "not written; pending again");
        if class == FaultClass::Fatal {
            return (self.arguments.alarm)(Alarm::Fail { code, message });
        }
        if let Some(reason) = self.breaker.failed(&message) {
            (self.arguments.alarm)(Alarm::Pause(format!("{code}: {reason}")));
        }
    }

    fn show(&mut self) {
        self.shown_at = Some(Instant::now());
        let elapsed = self.begun.elapsed();
        let progress = &mut self.arguments.start;
        let finished = progress.counters.finished();
        self.rate.note(elapsed, finished);
        progress.items_per_second = self.rate.per_second(elapsed, finished);
        progress.seconds_left = progress.total.and_then(|total| {
            seconds_left(total.saturating_sub(finished), progress.items_per_second)
        });
        self.arguments.snapshots.send_if_modified(|shown| {
            // These belong to whoever moves the job and heeds its source; they are not counted.
            let (state, waiting) = (shown.state, shown.waiting.take());
            shown.clone_from(progress);
            (shown.state, shown.waiting) = (state, waiting);
            true
        });
    }

    fn is_checkpoint_due(&self) -> bool {
        self.written_since_checkpoint >= self.arguments.checkpoint_items
            || self.checkpoint_at.elapsed() >= CHECKPOINT_EVERY
    }

    /// Saves how far the job is. A failure is no reason to stop: the item rows are the truth,
    /// and the next checkpoint says the same and more.
    async fn checkpoint(&mut self) {
        let ahead = u64::from(sabotaged!("sabotage::checkpoint_ahead"));
        let checkpoint = Checkpoint {
            attempt: self.arguments.attempt,
            watermark: self.watermark.position() + ahead,
            cursor: self.watermark.cursor().cloned(),
            untouched: self.watermark.untouched(),
            counters: self.watermark.counters(),
        };
        let (job_row, now_ms) = (self.arguments.job_row, (self.arguments.now_ms)());
        let progress = &self.arguments.start;
        let (counters, total) = (progress.counters, (progress.total, progress.total_is_estimate));
        failpoint!("progress::checkpoint");
        let saved = self
            .arguments
            .writer
            .transact(move |tx| save_progress(tx, job_row, &checkpoint, &counters, total, now_ms))
            .await;
        if let Err(error) = saved {
            tracing::warn!(%error, "the checkpoint was not written");
        }
        self.written_since_checkpoint = 0;
        self.checkpoint_at = Instant::now();
    }
}

/// How one item is counted. That it was listed was told before.
fn counted(outcome: Outcome, saved: &Saved, bytes: u64) -> Counters {
    let mut counters = Counters { bytes, ..Counters::default() };
    counters.count(outcome);
    counters.count_saved(saved);
    counters
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Written => "written",
        Outcome::Unchanged => "unchanged",
        Outcome::Skipped(_) => "skipped",
        Outcome::Rejected => "rejected",
        Outcome::Superseded => "superseded",
    }
}
