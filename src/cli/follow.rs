//! Following a job to its rest: its progress is shown, and signals are passed on to it.

use std::time::Duration;

use super::failure::{Exit, Failure};
use super::output::Output;
use super::progress::Display;
use crate::engine::{JobHandle, Report};

/// Time between two pictures: calm to look at, and nothing to the cost of a job.
const PICTURE_EVERY: Duration = Duration::from_millis(100);

/// Waits until the job rests, and passes signals on to it. Gives what it came to, and whether a
/// signal came.
pub(super) async fn follow(
    handle: JobHandle,
    signals: &mut Signals,
    output: &Output,
    shows_progress: bool,
) -> (Result<Report, Failure>, bool) {
    let (progress, mut changes) = (handle.progress(), handle.progress());
    let mut ended = std::pin::pin!(async move { while changes.changed().await.is_ok() {} });
    let mut display = Display::new(output, shows_progress);
    let mut pictures = tokio::time::interval(PICTURE_EVERY);
    let mut is_stopping = false;
    loop {
        tokio::select! {
            () = &mut ended => break,
            _ = pictures.tick() => {
                // A terminal that is stopped must not stop those who count.
                let now = progress.borrow().clone();
                display.show(&now);
            }
            name = signals.next() => {
                if is_stopping {
                    display.end(&progress.borrow());
                }
                stop(&handle, name, &mut is_stopping, output);
            }
        }
    }
    display.end(&progress.borrow());
    (handle.finished().await.map_err(Failure::from), is_stopping)
}

/// Waits until a job of many rests, showing nothing; the first signal lets it finish what is in
/// flight. Gives what it came to, and whether a signal came.
pub(super) async fn follow_quietly(
    handle: JobHandle,
    signals: &mut Signals,
    output: &Output,
) -> (Result<Report, Failure>, bool) {
    let mut changes = handle.progress();
    let mut ended = std::pin::pin!(async move { while changes.changed().await.is_ok() {} });
    let mut is_stopping = false;
    loop {
        tokio::select! {
            () = &mut ended => break,
            name = signals.next() => stop(&handle, name, &mut is_stopping, output),
        }
    }
    (handle.finished().await.map_err(Failure::from), is_stopping)
}

/// The first signal lets the job finish what is in flight; the second ends the program on the
/// spot, which loses nothing that was committed.
fn stop(handle: &JobHandle, name: &str, is_stopping: &mut bool, output: &Output) {
    if *is_stopping {
        output.note("stopped at once; run again: the job goes on where it stopped");
        std::process::exit(Exit::Failed as i32);
    }
    *is_stopping = true;
    handle.pause(format!("stopped by {name}"));
    output.note("finishing what is in flight; a second signal stops at once");
}

#[cfg(unix)]
const UNHEARD: &str = "signals cannot be listened to";

/// The signals that ask a program to end.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// Heard and not heeded: a file that may not grow is then an error of the write, and told.
    _file_size: tokio::signal::unix::Signal,
}

/// SIGXFSZ, on Linux and macOS.
#[cfg(unix)]
const FILE_SIZE: i32 = 25;

#[cfg(unix)]
impl Signals {
    /// Listens for signals from now on. One that comes early waits for `next`.
    pub(super) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};

        let listen = |kind| signal(kind).map_err(|e| Failure::system(UNHEARD, &e));
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        let _file_size = listen(SignalKind::from_raw(FILE_SIZE))?;
        Ok(Self { interrupt: listen(interrupt)?, terminate: listen(terminate)?, _file_size })
    }

    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// The signals that ask a program to end.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}
