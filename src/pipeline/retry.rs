//! Trying again: one timing for whatever the surroundings make fail, source or store.

use std::time::Duration;

use backon::ExponentialBuilder;

/// Tries of one read or write while the surroundings fail.
pub const RETRY_ATTEMPTS: usize = 3;

/// The wait before the second try; each further one is twice as long.
pub const RETRY_BACKOFF: Duration = Duration::from_millis(500);

/// The longest wait between two tries.
pub const RETRY_BACKOFF_CAP: Duration = Duration::from_secs(30);

/// The waits between the tries, with jitter.
pub(crate) fn backoff() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(RETRY_BACKOFF)
        .with_max_delay(RETRY_BACKOFF_CAP)
        .with_max_times(RETRY_ATTEMPTS - 1)
        .with_jitter()
}
