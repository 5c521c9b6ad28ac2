//! Stopping: a scan that is told to stop does so in the middle of whatever it waits for.

use std::pin::pin;

use tokio::sync::watch;

use super::scan_end::ScanError;

/// The scan is to stop, or cannot go on.
pub(super) enum Break {
    Stopped,
    Failed(ScanError),
}

impl<E: Into<ScanError>> From<E> for Break {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// What `work` gives, unless the scan is told to stop first.
pub(super) async fn unless_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Result<T, Break> {
    let work = pin!(work);
    tokio::select! {
        biased;
        // A sender that is gone stops the scan too: nobody could stop it later.
        _ = stop.wait_for(|stop| *stop) => Err(Break::Stopped),
        done = work => Ok(done),
    }
}
