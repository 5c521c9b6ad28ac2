//! The low watermark: how far a job is finished with no gap behind.
//!
//! Workers finish out of order; a checkpoint must not. Pure, no I/O. Memory is bounded by the
//! number of gaps, which is that of items in flight, not by the items finished behind one.

use std::collections::BTreeMap;

use crate::checkpoint::{Counters, Untouched};
use crate::item::{ItemKey, Sequence};

/// The finished items of a job as runs without gaps.
#[derive(Clone, Debug, Default)]
pub(super) struct Watermark {
    prefix: Run,
    /// Runs behind a gap, by their first sequence.
    beyond: BTreeMap<u64, Run>,
}

/// Finished items up to but not including `end`.
#[derive(Clone, Debug, Default)]
struct Run {
    end: u64,
    last_key: Option<ItemKey>,
    untouched: Untouched,
    counters: Counters,
}

impl Watermark {
    /// The first sequence that is not finished.
    pub(super) fn position(&self) -> u64 {
        self.prefix.end
    }

    /// The key of the last item before it.
    pub(super) fn cursor(&self) -> Option<&ItemKey> {
        self.prefix.last_key.as_ref()
    }

    /// How many of the items before it were only looked at.
    pub(super) fn untouched(&self) -> Untouched {
        self.prefix.untouched
    }

    /// How the items before it ended.
    pub(super) fn counters(&self) -> Counters {
        self.prefix.counters
    }

    /// Notes that one item is finished; `untouched` counts it if it was only looked at, and
    /// `counters` in any case. Each sequence is finished once.
    pub(super) fn finish(
        &mut self,
        sequence: Sequence,
        key: ItemKey,
        untouched: Untouched,
        counters: Counters,
    ) {
        let Sequence(at) = sequence;
        let run = Run { end: at + 1, last_key: Some(key), untouched, counters };
        if at == self.prefix.end {
            self.prefix.append(run);
            if let Some(next) = self.beyond.remove(&self.prefix.end) {
                self.prefix.append(next);
            }
            return;
        }
        let before = self.beyond.range_mut(..at).next_back().filter(|(_, run)| run.end == at);
        let start = match before {
            Some((start, before)) => {
                before.append(run);
                *start
            }
            None => {
                self.beyond.insert(at, run);
                at
            }
        };
        if let Some(next) = self.beyond.remove(&(at + 1))
            && let Some(joined) = self.beyond.get_mut(&start)
        {
            joined.append(next);
        }
    }
}

impl Run {
    fn append(&mut self, next: Run) {
        self.end = next.end;
        self.last_key = next.last_key;
        self.untouched.add(&next.untouched);
        self.counters.add(&next.counters);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finish(watermark: &mut Watermark, at: u64) {
        let untouched = Untouched { unchanged: 1, ..Untouched::default() };
        let counters = Counters { listed: 1, ..Counters::default() };
        watermark.finish(Sequence(at), ItemKey::new(format!("{at:04}")), untouched, counters);
    }

    #[test]
    fn a_gap_holds_the_watermark_back() {
        let mut watermark = Watermark::default();
        for at in [0, 2, 3] {
            finish(&mut watermark, at);
        }
        assert_eq!(watermark.position(), 1);
        assert_eq!(watermark.cursor().map(ItemKey::as_str), Some("0000"));
        finish(&mut watermark, 1);
        assert_eq!(watermark.position(), 4);
        assert_eq!(watermark.cursor().map(ItemKey::as_str), Some("0003"));
    }

    #[test]
    fn one_gap_costs_one_run_however_much_is_finished_behind_it() {
        let mut watermark = Watermark::default();
        for at in 1..10_000 {
            finish(&mut watermark, at);
        }
        assert_eq!((watermark.position(), watermark.beyond.len()), (0, 1));
    }

    proptest! {
        #[test]
        fn whatever_the_order_the_watermark_is_the_first_unfinished(
            order in Just((0..200_u64).collect::<Vec<_>>()).prop_shuffle()
        ) {
            let mut watermark = Watermark::default();
            let mut done = [false; 200];
            for at in order {
                finish(&mut watermark, at);
                done[at as usize] = true;
                let first = done.iter().position(|done| !done).unwrap_or(200) as u64;
                prop_assert_eq!(watermark.position(), first);
                prop_assert_eq!(watermark.untouched().unchanged, first);
            }
            prop_assert!(watermark.beyond.is_empty());
        }
    }
}
