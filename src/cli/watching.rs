//! `driftless sync --watch`: a sync now and again after each interval, a line each.

use std::time::{Duration, SystemTime};

use serde::Serialize;

use super::failure::{Exit, Failure};
use super::follow::{Signals, follow_quietly};
use super::output::{Output, count, escaped, plural};
use super::time::{about, duration};
use crate::config::SyncOptions;
use crate::engine::{Engine, Feed, Report, Watch};

/// One sync of a watched source, for programs.
#[derive(Serialize)]
struct Cycle<'a> {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
    /// When the source is looked at next.
    next_in_seconds: u64,
}

/// Syncs until a signal comes.
pub(super) async fn watch(
    engine: &Engine,
    feed: Feed,
    signals: &mut Signals,
    options: SyncOptions,
    every: Duration,
    output: &Output,
) -> Result<Exit, Failure> {
    let name = feed.source().description().name;
    let mut watch = Watch::new(feed, options, every);
    loop {
        let started = tokio::select! {
            started = watch.next(engine) => started,
            _ = signals.next() => return Ok(Exit::Clean),
        };
        let (result, is_stopping) = match started {
            Ok(job) => follow_quietly(job, signals, output).await,
            Err(error) => (Err(error.into()), false),
        };
        let is_well = result.as_ref().is_ok_and(|report| Failure::stopped(report).is_none());
        let wait = watch.ended(is_well);
        tell(&name, &result, wait, output)?;
        if is_stopping {
            return Ok(Exit::Clean);
        }
    }
}

fn tell(
    name: &str,
    result: &Result<Report, Failure>,
    wait: Duration,
    output: &Output,
) -> Result<(), Failure> {
    let at = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    if output.is_json() {
        let (report, error) = (result.as_ref().ok(), result.as_ref().err());
        let cycle = Cycle { at, report, error, next_in_seconds: wait.as_secs() };
        let json = serde_json::to_string(&cycle).unwrap_or_default();
        return output.print(&format!("{json}\n"));
    }
    let told = match result {
        Ok(report) => line(report),
        Err(failure) => format!(
            "{}: {}; next try in {}",
            failure.code,
            failure.message,
            about(wait.as_secs_f64())
        ),
    };
    output.print(&format!("{at}  {}  {}\n", escaped(name), escaped(&told)))
}

/// What a sync came to, in a line.
fn line(report: &Report) -> String {
    let counters = &report.counters;
    let mut parts = Vec::new();
    if let Some(version) = &report.source_version {
        parts.push(version.chars().take(9).collect());
    }
    let outcomes = [
        (counters.written, "written"),
        (counters.unchanged, "unchanged"),
        (counters.skipped, "skipped"),
        (counters.rejected, "rejected"),
        (counters.deleted, "deleted"),
        (counters.withheld, "withheld"),
    ];
    let happened = outcomes.into_iter().filter(|(number, _)| *number > 0);
    parts.extend(happened.map(|(number, word)| format!("{} {word}", count(number))));
    parts.extend(report.traffic.as_ref().map(|it| plural(it.requests, "request")));
    parts.push(duration(report.seconds));
    if !report.is_clean() {
        parts.push(report.state.to_string());
    }
    parts.join(", ")
}
