//! Progress: what a job has done so far, and how far that reaches without a gap.

mod actor;
mod breaker;
mod rate;
mod watermark;

pub use actor::{
    Alarm, CHECKPOINT_EVERY, CHECKPOINT_ITEMS, Finished, Held, Looked, ProgressActor,
    ProgressArguments, ProgressMessage,
};
pub use breaker::{BREAKER_INFRASTRUCTURE, BREAKER_SHARE_PERCENT, BREAKER_WINDOW};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::checkpoint::Counters;
use crate::job::{JobId, JobState};

/// A job at one moment. Snapshots replace each other: a slow reader misses some, never waits.
#[derive(Clone, Debug, Serialize)]
pub struct Progress {
    /// The job.
    pub job: JobId,
    /// Where it stands.
    pub state: JobState,
    /// How its items ended so far.
    pub counters: Counters,
    /// Of these, the ones that were left out, by reason.
    pub skips: BTreeMap<&'static str, u64>,
    /// How many items there are, where known.
    pub total: Option<u64>,
    /// Whether `total` is an estimate.
    pub total_is_estimate: bool,
    /// Why the source waits for its server, while it does.
    pub waiting: Option<String>,
    /// The item that was last handed to a worker.
    pub current_item: Option<String>,
    /// Items finished each second, of late.
    pub items_per_second: f64,
    /// Seconds that are left at this rate, where a total is known.
    pub seconds_left: Option<f64>,
    /// The last rejections as `key: message`, the latest last; at most ten.
    pub recent_errors: Vec<String>,
}
