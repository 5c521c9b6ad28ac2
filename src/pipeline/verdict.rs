//! The decision whether an item must be looked at again. Pure.

use crate::checkpoint::Saved;
use crate::fingerprint::{Digest, Reading, fingerprint};
use crate::item::{Outcome, SkipReason};
use crate::store::{ItemState, Standing};

/// How an item stands that needs nothing done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stands {
    pub(crate) outcome: Outcome,
    /// Whether the job at hand decided it, in an earlier attempt.
    pub(crate) is_done_before: bool,
    /// Rows that consumers see because of it, if this job wrote it.
    pub(crate) saved: Saved,
}

/// Which items are decided anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decision {
    /// The job at hand.
    pub(crate) job_row: i64,
    /// Whether unchanged items are done again, once in this job.
    pub(crate) force: bool,
}

impl Decision {
    /// How an item of this fingerprint stands, if it needs nothing done.
    pub(crate) fn on_content(&self, fingerprint: &Digest, state: &ItemState) -> Option<Stands> {
        let outcome = match &state.standing {
            Standing::Written(stored) if stored == fingerprint => Outcome::Unchanged,
            Standing::Skipped(reason, Some(stored))
                if stored == fingerprint
                    && (reason.is_of_content()
                        // Another job tries again.
                        || *reason == SkipReason::TimedOut && state.job_id == self.job_row) =>
            {
                Outcome::Skipped(*reason)
            }
            Standing::Rejected { fingerprint: Some(rejected), is_discarded }
                if rejected == fingerprint =>
            {
                if *is_discarded {
                    Outcome::Skipped(SkipReason::Discarded)
                } else {
                    Outcome::Rejected
                }
            }
            _ => return None,
        };
        self.stands(outcome, state)
    }

    /// How an item stands that needs nothing done, told by Git's name for what its source has
    /// now: nothing need be fetched for it.
    pub(crate) fn on_git_sha1(
        &self,
        git_sha1: &str,
        reading: &Reading,
        state: &ItemState,
    ) -> Option<Stands> {
        let decided_on = state.decided_on.as_ref().filter(|blob| blob.git_sha1 == git_sha1)?;
        self.on_content(&fingerprint(&decided_on.content_digest, reading), state)
    }

    /// How an item stands that is left out unread, if it was before, for the same reason.
    pub(crate) fn on_skip(&self, reason: SkipReason, state: &ItemState) -> Option<Stands> {
        match state.standing {
            Standing::Skipped(before, _) if before == reason => {
                self.stands(Outcome::Skipped(reason), state)
            }
            _ => None,
        }
    }

    fn stands(&self, outcome: Outcome, state: &ItemState) -> Option<Stands> {
        let is_done_before = state.job_id == self.job_row;
        if self.force && !is_done_before {
            return None;
        }
        Some(match outcome {
            Outcome::Unchanged if is_done_before => {
                Stands { outcome: Outcome::Written, is_done_before, saved: state.saved }
            }
            outcome => Stands { outcome, is_done_before, saved: Saved::default() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::ItemKey;

    fn state(standing: Standing, job_id: i64) -> ItemState {
        let (key, saved) = (ItemKey::new("a.md"), Saved::default());
        let (content_digest, decided_on) = (None, None);
        ItemState {
            id: 1,
            key,
            standing,
            job_id,
            content_digest,
            decided_on,
            saved,
            is_stored: true,
        }
    }

    fn outcome(force: bool, standing: Standing, job_id: i64) -> Option<Outcome> {
        let decision = Decision { job_row: 7, force };
        decision.on_content(&Digest::of(b"now"), &state(standing, job_id)).map(|s| s.outcome)
    }

    #[test]
    fn the_same_version_is_unchanged_and_another_is_decided_anew() {
        assert_eq!(
            outcome(false, Standing::Written(Digest::of(b"now")), 3),
            Some(Outcome::Unchanged)
        );
        assert_eq!(outcome(false, Standing::Written(Digest::of(b"then")), 3), None);
    }

    #[test]
    fn what_an_earlier_attempt_of_the_job_wrote_counts_as_written() {
        let written = Standing::Written(Digest::of(b"now"));
        assert_eq!(outcome(false, written.clone(), 7), Some(Outcome::Written));
        assert_eq!(outcome(true, written, 7), Some(Outcome::Written));
    }

    #[test]
    fn force_decides_unchanged_items_anew() {
        assert_eq!(outcome(true, Standing::Written(Digest::of(b"now")), 3), None);
    }

    #[test]
    fn a_rejection_stands_until_the_item_changes_or_is_given_up() {
        let rejected = |is_discarded| Standing::Rejected {
            fingerprint: Some(Digest::of(b"now")),
            is_discarded,
        };
        assert_eq!(outcome(false, rejected(false), 3), Some(Outcome::Rejected));
        assert_eq!(
            outcome(false, rejected(true), 3),
            Some(Outcome::Skipped(SkipReason::Discarded))
        );
    }

    #[test]
    fn a_skip_by_circumstance_is_looked_at_again() {
        let fingerprint = Some(Digest::of(b"now"));
        assert_eq!(outcome(false, Standing::Skipped(SkipReason::Unreadable, fingerprint), 3), None);
        // It was too large; what is stored is an older version.
        assert_eq!(outcome(false, Standing::Skipped(SkipReason::TooLarge, fingerprint), 3), None);
        assert_eq!(
            outcome(false, Standing::Skipped(SkipReason::NoMarkers, fingerprint), 3),
            Some(Outcome::Skipped(SkipReason::NoMarkers))
        );
    }
}
