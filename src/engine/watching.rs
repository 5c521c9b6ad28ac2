//! Watching a source: a sync now, and again after each interval, less often while it fails.

use std::time::Duration;

use tokio::time::Instant;

use super::{Engine, EngineError, Feed, JobHandle};
use crate::config::SyncOptions;

/// The longest wait between two tries of a source that fails, unless the interval is longer.
pub const WATCH_BACKOFF_CAP: Duration = Duration::from_secs(60 * 60);

/// A source that is looked at again and again.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// # use driftless::config::SyncOptions;
/// # use driftless::engine::{Engine, EngineError, Watch};
/// # use driftless::source::Source;
/// # async fn keep(engine: Engine, source: Arc<dyn Source>) -> Result<(), EngineError> {
/// let mut watch = Watch::new(source, SyncOptions::default(), Duration::from_secs(60));
/// loop {
///     let job = watch.next(&engine).await?;
///     let result = job.finished().await;
///     watch.ended(result.is_ok());
/// }
/// # }
/// ```
pub struct Watch {
    feed: Feed,
    /// For the next sync; of them only the pace holds for later ones.
    options: SyncOptions,
    every: Duration,
    due: Instant,
    /// Failures in a row.
    failures: u32,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("due", &self.due).field("failures", &self.failures).finish()
    }
}

impl Watch {
    /// Looks at `feed` at once, with `options`, and then `every` so often
    /// without but for their pace.
    pub fn new(feed: impl Into<Feed>, options: SyncOptions, every: Duration) -> Self {
        Self { feed: feed.into(), options, every, due: Instant::now(), failures: 0 }
    }

    /// Waits until it is time, then starts a sync. May be dropped while it waits.
    ///
    /// # Errors
    ///
    /// As [`Engine::sync`].
    pub async fn next(&mut self, engine: &Engine) -> Result<JobHandle, EngineError> {
        tokio::time::sleep_until(self.due).await;
        let per_minute = self.options.per_minute;
        let later = SyncOptions { per_minute, ..SyncOptions::default() };
        engine.sync(self.feed.clone(), std::mem::replace(&mut self.options, later)).await
    }

    /// Says how the last job ended: after a failure the next wait is twice as long as the one
    /// before, up to [`WATCH_BACKOFF_CAP`]. Gives that wait.
    pub fn ended(&mut self, is_well: bool) -> Duration {
        self.failures = if is_well { 0 } else { self.failures.saturating_add(1) };
        let wait = wait(self.every, self.failures);
        self.due = Instant::now() + wait;
        wait
    }
}

fn wait(every: Duration, failures: u32) -> Duration {
    let times = 1_u32.checked_shl(failures).unwrap_or(u32::MAX);
    every.saturating_mul(times).min(WATCH_BACKOFF_CAP.max(every))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_fails_is_asked_less_and_less_often_and_one_that_answers_as_before() {
        let every = Duration::from_secs(60);
        let minutes = |failures| wait(every, failures).as_secs() / 60;
        assert_eq!([0, 1, 2, 3, 6, 40].map(minutes), [1, 2, 4, 8, 60, 60]);
        let day = Duration::from_secs(86_400);
        assert_eq!(wait(day, 5), day, "never more often than asked for");
    }
}
