//! Jobs: identity, states, and the one table of legal moves.
//!
//! Pure. The next state is stored before anything acts on it; storing is done elsewhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A job's public name: a UUID (version 7), so that names sort by time of creation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct JobId(Box<str>);

impl JobId {
    /// Makes a new one from the present time.
    pub fn generate() -> Self {
        Self(uuid::Uuid::now_v7().to_string().into())
    }

    /// A name read back from where it was kept.
    pub fn new(uid: impl Into<Box<str>>) -> Self {
        Self(uid.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a job is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Bring the store to the source's present version.
    Sync,
    /// Bring given items, or part of them, to the source's present version. Never deletes.
    Index,
    /// Try the items of open dead letters again. Never deletes.
    Retry,
    /// Take over what another program's database holds, or take that back, in one transaction.
    Import,
}

impl JobKind {
    /// The stable word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Index => "index",
            Self::Retry => "retry",
            Self::Import => "import",
        }
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for the job before it.
    Queued,
    /// Reads and writes.
    Running,
    /// Finishes what is in flight, then rests.
    Pausing,
    /// Rests; running it again goes on.
    Paused,
    /// Finishes what is in flight, then ends.
    Cancelling,
    /// Ended on request; what was written stays.
    Cancelled,
    /// Ended, with nothing left to look at.
    Completed,
    /// Ended; something needs attention.
    CompletedWithErrors,
    /// Could not go on; running it again may.
    Failed,
    /// Its process died; running it again goes on.
    Interrupted,
}

impl JobState {
    /// Every state, in the order of a job's life.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Running,
        Self::Pausing,
        Self::Paused,
        Self::Cancelling,
        Self::Cancelled,
        Self::Completed,
        Self::CompletedWithErrors,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The stable word for it, the same in the store's `check` constraint.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Pausing => "pausing",
            Self::Paused => "paused",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::CompletedWithErrors => "completed_with_errors",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The state that [`as_str`](Self::as_str) named.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// The state after `event`.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if the event makes no sense in this state; nothing changes.
    pub fn next(self, event: JobEvent) -> Result<Self, IllegalTransition> {
        use JobEvent as E;
        match (self, event) {
            (Self::Queued, E::Started) => Ok(Self::Running),
            (Self::Queued, E::CancelRequested) => Ok(Self::Cancelled),
            (Self::Queued, E::Failed) => Ok(Self::Failed),
            (Self::Running, E::PauseRequested) => Ok(Self::Pausing),
            (Self::Running | Self::Pausing, E::CancelRequested) => Ok(Self::Cancelling),
            (Self::Running, E::Finished) => Ok(Self::Completed),
            (Self::Running, E::FinishedWithErrors) => Ok(Self::CompletedWithErrors),
            (Self::Running | Self::Pausing | Self::Cancelling, E::Failed) => Ok(Self::Failed),
            (Self::Pausing, E::Drained) => Ok(Self::Paused),
            (Self::Cancelling, E::Drained) => Ok(Self::Cancelled),
            (Self::Queued | Self::Running | Self::Pausing | Self::Cancelling, E::ProcessDied) => {
                Ok(Self::Interrupted)
            }
            (Self::Paused | Self::Interrupted | Self::Failed, E::Resumed) => Ok(Self::Running),
            (Self::Paused | Self::Interrupted | Self::Failed, E::Superseded) => Ok(Self::Cancelled),
            (state, event) => Err(IllegalTransition { state, event }),
        }
    }

    /// Whether running again continues this job rather than starting another.
    pub fn can_resume(self) -> bool {
        self.next(JobEvent::Resumed).is_ok()
    }

    /// Whether a process should be at work on it.
    pub fn is_active(self) -> bool {
        self.next(JobEvent::ProcessDied).is_ok()
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What can happen to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEvent {
    /// Its turn has come.
    Started,
    /// Somebody or a circuit breaker wants it to rest.
    PauseRequested,
    /// Somebody wants it to end.
    CancelRequested,
    /// Nothing is in flight any more.
    Drained,
    /// All done, nothing to look at.
    Finished,
    /// All done, something to look at.
    FinishedWithErrors,
    /// It cannot go on.
    Failed,
    /// Its process is gone.
    ProcessDied,
    /// It goes on.
    Resumed,
    /// Its parser, configuration or options are no longer those asked for.
    Superseded,
}

/// A move that the table does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {state} cannot take {event:?}")]
pub struct IllegalTransition {
    /// The state it was in, and is still in.
    pub state: JobState,
    /// What was asked of it.
    pub event: JobEvent,
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [JobEvent; 10] = [
        JobEvent::Started,
        JobEvent::PauseRequested,
        JobEvent::CancelRequested,
        JobEvent::Drained,
        JobEvent::Finished,
        JobEvent::FinishedWithErrors,
        JobEvent::Failed,
        JobEvent::ProcessDied,
        JobEvent::Resumed,
        JobEvent::Superseded,
    ];

    #[test]
    fn an_ended_job_takes_no_event() {
        for state in [JobState::Cancelled, JobState::Completed, JobState::CompletedWithErrors] {
            for event in EVENTS {
                assert_eq!(state.next(event), Err(IllegalTransition { state, event }));
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_every_active_one_survives_a_dead_process() {
        let mut reached = vec![JobState::Queued];
        for at in 0.. {
            let Some(state) = reached.get(at).copied() else { break };
            for next in EVENTS.into_iter().filter_map(|event| state.next(event).ok()) {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
        }
        assert_eq!(reached.len(), JobState::ALL.len());
        for state in JobState::ALL.into_iter().filter(|state| state.is_active()) {
            assert!(state.next(JobEvent::ProcessDied).is_ok_and(JobState::can_resume));
        }
    }

    #[test]
    fn a_cancel_is_not_undone_by_a_late_pause() {
        assert!(JobState::Cancelling.next(JobEvent::PauseRequested).is_err());
        assert_eq!(JobState::Cancelling.next(JobEvent::Drained), Ok(JobState::Cancelled));
    }

    #[test]
    fn a_state_is_found_by_its_name() {
        for state in JobState::ALL {
            assert_eq!(JobState::from_name(state.as_str()), Some(state));
        }
    }
}
