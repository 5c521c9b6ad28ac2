//! A limit on how fast items are taken up, where whoever runs the job sets one.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// So many items a minute, evenly: at most those of one second at once.
#[derive(Clone)]
pub(crate) struct Pace(Arc<DefaultDirectRateLimiter>);

impl Pace {
    /// `per_minute` items a minute.
    pub(crate) fn new(per_minute: NonZeroU32) -> Self {
        let at_once = NonZeroU32::new(per_minute.get() / 60).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(per_minute).allow_burst(at_once);
        Self(Arc::new(RateLimiter::direct(quota)))
    }

    /// Takes a turn, if one is free now.
    pub(crate) fn is_free(&self) -> bool {
        self.0.check().is_ok()
    }

    /// Waits for a turn and takes it. May be dropped while it waits.
    pub(crate) async fn turn(&self) {
        self.0.until_ready().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_s_items_are_not_let_through_at_once() {
        let pace = Pace::new(NonZeroU32::new(600).expect("not zero"));
        let at_once = (0..600).filter(|_| pace.is_free()).count();
        assert!((10..20).contains(&at_once), "{at_once} of 600 a minute at once");
    }
}
