//! What a job does before its first item: it finds out which version its source has, and
//! whether there is anything to look at.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backon::Retryable;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::run::Run;
use super::{EngineError, Report, now_ms};
use crate::checkpoint::Checkpoint;
use crate::job::JobKind;
use crate::pipeline::backoff;
use crate::progress::Progress;
use crate::source::{Known, Pause, Pinned, SourceError, Traffic};
use crate::store::{WriteTransaction, Writer, forget_unread, save_pause, save_progress};

/// A task that ends with its owner.
pub(super) struct Heed(Option<JoinHandle<()>>);

impl Drop for Heed {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Run {
    /// Finds out which version the source has, again and later while it fails; nothing if the
    /// job is told to rest meanwhile.
    pub(super) async fn pin(&mut self) -> Result<Option<Arc<dyn Pinned>>, EngineError> {
        let known = Known {
            interrupted: self.job.interrupted.clone(),
            last: self.job.last.clone(),
            wait: self.job.wait,
        };
        let source = self.source.clone();
        let pin = || source.pin(&known);
        let mut pinning = pin!(
            pin.retry(backoff())
                .when(SourceError::is_transient)
                .notify(|error, _| tracing::warn!(%error, "the source is asked again"))
        );
        loop {
            tokio::select! {
                pinned = &mut pinning => return Ok(Some(pinned?)),
                Some(control) = self.controls.recv() => {
                    if self.intend(control).await? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Whether the source is in the very version that its last whole job brought the store to.
    pub(super) fn is_up_to_date(&self, pinned: &dyn Pinned) -> bool {
        let is_new = self.job.kind == JobKind::Sync && self.job.attempt == 1;
        let is_known = self.version.is_some() && self.version == self.job.last;
        is_new && is_known && pinned.is_exact() && !self.options.force
    }

    /// Ends a job that has nothing to look at: its items stand as they did.
    pub(super) async fn end_unread(&mut self) -> Result<Report, EngineError> {
        let counters = self.shared.store.reader()?.standing_counters(self.job.source.id)?;
        let (job_row, now) = (self.job.row, now_ms());
        let checkpoint = Checkpoint { attempt: self.job.attempt, ..Checkpoint::default() };
        let total = (Some(counters.listed), false);
        let source_row = self.job.source.id;
        let save = move |tx: &WriteTransaction<'_>| {
            save_progress(tx, job_row, &checkpoint, &counters, total, now)?;
            forget_unread(tx, source_row, job_row)
        };
        self.shared.store.writer().transact(save).await?;
        self.snapshots.send_modify(|shown| {
            shown.counters = counters;
            (shown.total, shown.total_is_estimate) = total;
        });
        self.finish(counters, &[]).await
    }

    /// Shows when the source waits for its server, and remembers long waits for the next
    /// process, as long as the answer lives.
    pub(super) fn heed(&self) -> Heed {
        let (snapshots, writer) = (self.snapshots.clone(), self.shared.store.writer().clone());
        let source_row = self.job.source.id;
        let heed = |traffic| tokio::spawn(heed(traffic, snapshots, writer, source_row));
        Heed(self.source.traffic().map(heed))
    }
}

/// Pauses shorter than this are not remembered: a process takes as long to start again.
const REMEMBERED_PAUSE: Duration = Duration::from_secs(2);

/// How often it is shown how much of a pause is left.
const COUNTDOWN: Duration = Duration::from_secs(1);

async fn heed(
    mut traffic: watch::Receiver<Traffic>,
    snapshots: watch::Sender<Progress>,
    writer: Writer,
    source_row: i64,
) {
    let mut heeded: Option<Pause> = None;
    loop {
        let pause = traffic.borrow_and_update().pause.clone();
        if pause != heeded {
            let left = pause.as_ref().map(|it| it.until.duration_since(Instant::now()));
            if let Some(left) = left.filter(|left| *left >= REMEMBERED_PAUSE) {
                let until_ms = now_ms().saturating_add(left.as_millis() as i64);
                let save = writer.transact(move |tx| save_pause(tx, source_row, until_ms));
                if let Err(error) = save.await {
                    tracing::warn!(%error, "the source's pause was not remembered");
                }
            }
            heeded.clone_from(&pause);
        }
        let waiting = pause.as_ref().map(|pause| {
            let left = pause.until.saturating_duration_since(Instant::now());
            format!("waiting {} s for {}", left.as_secs_f64().ceil(), pause.reason)
        });
        snapshots.send_if_modified(|shown| {
            let is_other = shown.waiting != waiting;
            shown.waiting = waiting;
            is_other
        });
        let is_waiting = heeded.is_some();
        tokio::select! {
            changed = traffic.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(COUNTDOWN), if is_waiting => {}
        }
    }
}
