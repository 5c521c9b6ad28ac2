//! Limits on work by the processor time that it takes, where the system tells it: a machine that
//! is busy with other things must not make a difference.
//!
//! Linux tells it in files. Elsewhere, and of what sleeps, the time on the wall counts, of which
//! there is ten times as much.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How much longer on the wall than on the processor work may take.
const WALL_TIMES: u32 = 10;

/// Ticks in a second, by which Linux counts for programs on every architecture.
const TICKS_PER_SECOND: u64 = 100;

/// Time between two looks, at least.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);

/// Tells how much processor time a thread or a process has taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct CpuClock(Option<PathBuf>);

impl CpuClock {
    /// That of the thread that asks.
    pub(crate) fn of_this_thread() -> Self {
        let thread = fs::read_link("/proc/thread-self").ok();
        Self(thread.map(|thread| Path::new("/proc").join(thread).join("stat")))
    }

    /// That of a process, all its threads together.
    #[cfg(feature = "owl")]
    pub(crate) fn of_process(id: u32) -> Self {
        Self(Some(format!("/proc/{id}/stat").into()))
    }

    /// What was taken so far, if the system tells.
    pub(crate) fn taken(&self) -> Option<Duration> {
        let stat = fs::read_to_string(self.0.as_ref()?).ok()?;
        // The name in parentheses may hold anything.
        let (_, fields) = stat.rsplit_once(") ")?;
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>);
        let ticks = ticks.sum::<Result<u64, _>>().ok()?;
        Some(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }
}

/// The time that a piece of work may take.
#[derive(Debug)]
pub(crate) struct CpuBudget {
    limit: Duration,
    begun: Instant,
    taken_before: Duration,
}

impl CpuBudget {
    /// So much from now on, of what this clock counts.
    pub(crate) fn new(limit: Duration, clock: &CpuClock) -> Self {
        let taken_before = clock.taken().unwrap_or_default();
        Self { limit, begun: Instant::now(), taken_before }
    }

    /// For how long it lasts at least; `None` once it is used up.
    pub(crate) fn left(&self, clock: &CpuClock) -> Option<Duration> {
        let wall = (self.limit * WALL_TIMES).checked_sub(self.begun.elapsed())?;
        let left = match clock.taken() {
            Some(taken) => {
                self.limit.checked_sub(taken.saturating_sub(self.taken_before))?.min(wall)
            }
            None => wall,
        };
        (!left.is_zero()).then(|| left.max(SHORTEST_WAIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_works_uses_its_time_up_and_what_sleeps_does_not() {
        let clock = CpuClock::of_this_thread();
        let budget = CpuBudget::new(Duration::from_millis(100), &clock);
        std::thread::sleep(Duration::from_millis(200));
        assert!(budget.left(&clock).is_some());
        let begun = Instant::now();
        while budget.left(&clock).is_some() && begun.elapsed() < Duration::from_secs(20) {
            std::hint::black_box((0..100_000_u64).sum::<u64>());
        }
        assert!(clock.taken() >= Some(Duration::from_millis(100)));
    }

    #[test]
    fn where_the_system_does_not_tell_the_wall_counts() {
        let clock = CpuClock::default();
        let budget = CpuBudget::new(Duration::from_millis(20), &clock);
        assert!(budget.left(&clock).is_some_and(|left| left > Duration::from_millis(20)));
        std::thread::sleep(Duration::from_millis(210));
        assert_eq!(budget.left(&clock), None);
    }
}
