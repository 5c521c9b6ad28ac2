//! Items a second and the time that is left. Pure; the time is passed in.

use std::collections::VecDeque;
use std::time::Duration;

/// How far back the rate looks: long enough to be calm, short enough to follow a slow disk.
const WINDOW: Duration = Duration::from_secs(10);

/// How often a sample is kept, so that the window holds forty.
const SAMPLE_EVERY: Duration = Duration::from_millis(250);

/// Finished items over time.
#[derive(Debug, Default)]
pub(super) struct Rate {
    samples: VecDeque<(Duration, u64)>,
}

impl Rate {
    /// Notes how many items are finished after `elapsed`.
    pub(super) fn note(&mut self, elapsed: Duration, finished: u64) {
        if self.samples.back().is_some_and(|(last, _)| elapsed < *last + SAMPLE_EVERY) {
            return;
        }
        self.samples.push_back((elapsed, finished));
        while self.samples.front().is_some_and(|(first, _)| *first + WINDOW < elapsed) {
            self.samples.pop_front();
        }
    }

    /// Items a second over the window, up to this moment.
    pub(super) fn per_second(&self, elapsed: Duration, finished: u64) -> f64 {
        let (since, before) = self.samples.front().copied().unwrap_or_default();
        let seconds = elapsed.saturating_sub(since).as_secs_f64();
        if seconds > 0.0 { finished.saturating_sub(before) as f64 / seconds } else { 0.0 }
    }
}

/// Seconds left for `remaining` items.
pub(super) fn seconds_left(remaining: u64, per_second: f64) -> Option<f64> {
    (per_second > 0.0).then(|| remaining as f64 / per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_forgets_what_was_long_ago() {
        let mut rate = Rate::default();
        for second in 0..60 {
            rate.note(Duration::from_secs(second), second.min(30) * 100);
        }
        assert!(rate.per_second(Duration::from_secs(60), 3000) < f64::EPSILON);
    }

    #[test]
    fn half_the_items_in_a_second_leave_one_second() {
        let mut rate = Rate::default();
        rate.note(Duration::ZERO, 0);
        let per_second = rate.per_second(Duration::from_secs(1), 500);
        assert_eq!(seconds_left(500, per_second), Some(1.0));
        assert_eq!(seconds_left(500, 0.0), None);
    }
}
