//! How many requests a caller has left in the current window.

use std::time::Duration;

/// Requests allowed within one window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) with_token: u64,
    pub(crate) without_token: u64,
    pub(crate) window: Duration,
}

impl Default for Limits {
    /// GitHub's own.
    fn default() -> Self {
        Self { with_token: 5_000, without_token: 60, window: Duration::from_secs(3_600) }
    }
}

/// What one caller has used. A window begins with the first request in it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Budget {
    used: u64,
    resets_at_s: i64,
}

/// A budget as a header or a body reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) limit: u64,
    pub(crate) used: u64,
    pub(crate) resets_at_s: i64,
}

impl Budget {
    /// Where it stands, in a new window if the last one is over.
    pub(crate) fn standing(&mut self, limit: u64, window: Duration, now_s: i64) -> Standing {
        if now_s >= self.resets_at_s {
            let resets_at_s = now_s + window.as_secs().max(1).cast_signed();
            *self = Self { used: 0, resets_at_s };
        }
        Standing { limit, used: self.used, resets_at_s: self.resets_at_s }
    }

    /// Counts one more request.
    pub(crate) fn spend(&mut self) {
        self.used += 1;
    }
}

impl Standing {
    pub(crate) fn remaining(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;
    use std::time::Duration;

    #[test]
    fn a_budget_is_whole_again_when_its_window_is_over() {
        let (mut budget, hour) = (Budget::default(), Duration::from_secs(3_600));
        budget.standing(2, hour, 100);
        budget.spend();
        budget.spend();
        let spent = budget.standing(2, hour, 3_699);
        assert_eq!((spent.remaining(), spent.resets_at_s), (0, 3_700));
        assert_eq!(budget.standing(2, hour, 3_700).remaining(), 2);
    }
}
