//! The circuit breaker: when to stop rather than fail a thousand times. Pure.
//!
//! Many different bad items are no reason to stop; one cause that strikes every seventh item
//! is, and so are surroundings that fail again and again.

use std::collections::HashMap;

/// Failures of the surroundings in a row, each after its own retries.
pub const BREAKER_INFRASTRUCTURE: u32 = 10;

/// Items decided anew that are looked at together; fewer prove nothing.
pub const BREAKER_WINDOW: u32 = 100;

/// The share of new rejections of one cause in the window that stops a job, in percent.
pub const BREAKER_SHARE_PERCENT: u32 = 15;

#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures_in_a_row: u32,
    decided: u32,
    rejected_by_cause: HashMap<(&'static str, &'static str), u32>,
}

impl Breaker {
    /// Notes an item that was decided, with stage and code if it was rejected. Gives the
    /// reason to stop, if that is one.
    pub(super) fn decided(
        &mut self,
        rejected: Option<(&'static str, &'static str)>,
    ) -> Option<String> {
        self.failures_in_a_row = 0;
        self.decided += 1;
        if let Some(cause) = rejected {
            *self.rejected_by_cause.entry(cause).or_default() += 1;
        }
        if self.decided < BREAKER_WINDOW {
            return None;
        }
        let decided = std::mem::take(&mut self.decided);
        let worst = self.rejected_by_cause.drain().max_by_key(|(cause, count)| (*count, *cause));
        let ((stage, code), count) = worst?;
        (count * 100 >= BREAKER_SHARE_PERCENT * decided)
            .then(|| format!("{count} of the last {decided} items were rejected: {stage} {code}"))
    }

    /// Notes a failure of the surroundings. Gives the reason to stop, if that is one.
    pub(super) fn failed(&mut self, message: &str) -> Option<String> {
        self.failures_in_a_row += 1;
        (self.failures_in_a_row >= BREAKER_INFRASTRUCTURE)
            .then(|| format!("{} failures in a row, the last: {message}", self.failures_in_a_row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_in_a_row_stop_a_job_and_one_success_starts_the_count_again() {
        let mut breaker = Breaker::default();
        for _ in 0..9 {
            assert_eq!(breaker.failed("disk full"), None);
        }
        assert_eq!(breaker.decided(None), None);
        for _ in 0..9 {
            assert_eq!(breaker.failed("disk full"), None);
        }
        assert!(breaker.failed("disk full").is_some_and(|reason| reason.contains("disk full")));
    }

    #[test]
    fn one_cause_in_fifteen_of_a_hundred_stops_a_job() {
        let stopped = |bad: u32| {
            let mut breaker = Breaker::default();
            (0..100)
                .filter_map(|n| breaker.decided((n < bad).then_some(("parse", "panicked"))))
                .count()
        };
        assert_eq!((stopped(14), stopped(15)), (0, 1));
    }

    #[test]
    fn many_different_causes_do_not_stop_a_job() {
        const CODES: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let mut breaker = Breaker::default();
        for n in 0..1000 {
            assert_eq!(breaker.decided(Some(("parse", CODES[n % 10]))), None);
        }
    }
}
