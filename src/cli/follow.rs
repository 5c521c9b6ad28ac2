//! Following a job to its rest: its progress is shown, and signals are passed on to it.

use std::time::{Duration, Instant};

use super::failure::{Exit, Failure};
use super::output::Output;
use super::progress::Display;
use crate::engine::{JobHandle, Report};

/// Time between two pictures: calm to look at, and nothing to the cost of a job.
const PICTURE_EVERY: Duration = Duration::from_millis(100);

/// Waits until the job rests. The first signal lets it finish what is in flight; the second
/// ends the program on the spot, which loses nothing that was committed.
pub(super) async fn follow(
    handle: JobHandle,
    output: &Output,
    shows_progress: bool,
) -> Result<Report, Failure> {
    let mut signals = Signals::listen()
        .map_err(|error| Failure::system("signals cannot be listened to", &error))?;
    let mut progress = handle.progress();
    let mut display = Display::new(output, shows_progress);
    let mut shown_at: Option<Instant> = None;
    let mut is_stopping = false;
    loop {
        tokio::select! {
            changed = progress.changed() => {
                if changed.is_err() {
                    break;
                }
                if shown_at.is_none_or(|at| at.elapsed() >= PICTURE_EVERY) {
                    display.show(&progress.borrow_and_update());
                    shown_at = Some(Instant::now());
                }
            }
            name = signals.next() => {
                if is_stopping {
                    display.end();
                    output.note("stopped at once; run again: the job goes on where it stopped");
                    std::process::exit(Exit::Failed as i32);
                }
                is_stopping = true;
                handle.pause(format!("stopped by {name}"));
                output.note("finishing what is in flight; a second signal stops at once");
            }
        }
    }
    display.end();
    Ok(handle.finished().await?)
}

/// The signals that ask a program to end.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// The signals that ask a program to end.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}
