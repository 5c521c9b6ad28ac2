//! `driftless sync`: brings the store to the present state of a source.

use std::io::{self, Write};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::failure::{Exit, Failure};
use super::follow::{Signals, follow};
use super::job_answer::JobAnswer;
use super::origin::{self, Configured, SourceFlags};
use super::output::{Output, plural};
use super::planned;
use super::progress::outcomes;
use super::{usual_config, watching, whole_file};
use crate::checkpoint::Counters;
use crate::config::{Config, GROUP_ITEMS, ONTOLOGY_ID, SyncOptions};
use crate::engine::{Engine, Feed, JobHandle, Receipt, Report, plan};
use crate::item::ItemKey;
use crate::job::JobState;
use crate::store::Durability;

/// Brings the store to the present state of a source, or of several, one after the other.
///
/// A source is a directory, a repository as github:OWNER/REPO[@REF][/PATH], or a name in
/// driftless.yaml: that of a source of files, of an entity, or of a database, which means all
/// its entities. `github:` alone takes GITHUB_OWNER, GITHUB_REPO, GITHUB_BRANCH and
/// GITHUB_BASE_PATH. Continues an unfinished sync of the same source where it stopped.
#[derive(Debug, Args)]
pub(super) struct Sync {
    /// What to read: a directory, github:OWNER/REPO[@REF][/PATH], or a name in driftless.yaml.
    #[arg(value_name = "SOURCE", required_unless_present = "all", conflicts_with = "all")]
    sources: Vec<PathBuf>,
    /// Read every source and every entity of driftless.yaml.
    #[arg(long)]
    all: bool,
    /// Look at these items only, by their keys as they are shown. Deletes nothing.
    #[arg(long, value_name = "KEY", num_args = 1..)]
    keys: Vec<String>,
    /// Take up so many items at most, such as 600/min.
    #[arg(long, value_name = "N/min", value_parser = per_minute)]
    rate: Option<NonZeroU32>,
    /// Show what would be fetched, written and deleted, and write nothing.
    #[arg(long, conflicts_with_all = ["receipt", "watch"])]
    dry_run: bool,
    /// Write unchanged items again.
    #[arg(long, env = "FORCE_FULL_SYNC",
        value_parser = clap::builder::FalseyValueParser::new())]
    force: bool,
    /// Delete up to N items, even if so many deletions would be withheld.
    #[arg(long, value_name = "N")]
    approve_deletions: Option<u64>,
    /// Write what identifies the result to FILE: equal stores have equal receipts.
    #[arg(long, value_name = "FILE", conflicts_with = "watch")]
    receipt: Option<PathBuf>,
    /// Go on, and sync again after each TIME (30s, 5m, 1h) until stopped; a line a sync. --rate
    /// holds for all, --force and --approve-deletions for the first one.
    #[arg(long, value_name = "TIME", value_parser = interval)]
    watch: Option<Duration>,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    silence: Silence,
    #[command(flatten)]
    source: SourceFlags,
    #[command(flatten)]
    pages: PageFlags,
}

/// The shortest time between two syncs of a watched source.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// How jobs work.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct EngineFlags {
    /// Bring N items into the store at the same time [default: 8].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: Option<u8>,
    /// What a commit survives.
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    durability: Survives,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000),
        help = format!("Commit up to N rows together [default: {GROUP_ITEMS}]; files are \
            committed one by one"))]
    rows_per_commit: Option<u16>,
}

/// What a commit survives.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Survives {
    /// The death of the process; the next run repeats what a power loss took.
    #[default]
    Normal,
    /// A power loss too.
    Full,
}

/// How pages are read. A change reads the pages again.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pages")]
struct PageFlags {
    /// The scope of the identifiers that pages state.
    #[arg(long, value_name = "ID", default_value = ONTOLOGY_ID,
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    ontology: String,
    /// Let a prefix stand for a namespace; may be repeated.
    #[arg(long, value_name = "NAME=IRI", value_parser = prefix)]
    prefix: Vec<(String, String)>,
}

/// How much is told on the way.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Silence {
    /// Show no progress.
    #[arg(long)]
    no_progress: bool,
    /// Show neither progress nor a report; errors are still told.
    #[arg(long, short)]
    quiet: bool,
}

impl Silence {
    pub(super) fn shows_progress(self) -> bool {
        !self.no_progress && !self.quiet
    }

    /// Whether a report is printed. A program that asks for JSON always gets its object.
    pub(super) fn shows_report(self, output: &Output) -> bool {
        !self.quiet || output.is_json()
    }
}

impl EngineFlags {
    /// `config` with what was asked for.
    pub(super) fn applied_to(self, config: Config) -> Config {
        let asked = self.workers.and_then(|number| NonZeroUsize::new(number.into()));
        let durability = match self.durability {
            Survives::Normal => Durability::Normal,
            Survives::Full => Durability::Full,
        };
        let group = self.rows_per_commit.and_then(|number| NonZeroUsize::new(number.into()));
        let group_items = group.unwrap_or(config.group_items);
        Config { workers: asked.unwrap_or(config.workers), durability, group_items, ..config }
    }
}

/// Reads `NAME=IRI`.
fn prefix(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, _)) if name.is_empty() || name.contains([':', '/', ' ']) => {
            Err("the name of a prefix has no `:`, `/` or space, and is not empty".to_owned())
        }
        Some((name, iri)) if iri.contains(':') => Ok((name.to_owned(), iri.to_owned())),
        _ => Err("expected NAME=IRI, such as ex=http://example.org/".to_owned()),
    }
}

impl Sync {
    pub(super) async fn run(
        self,
        store: &Path,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        // Before anything that takes time: a signal that comes meanwhile stops the first job.
        let mut signals = Signals::listen()?;
        let mut feeds = origin::open(&self.sources, self.all, configured, &self.source)?;
        if let (true, Some(flag)) = (feeds.len() > 1, self.about_one()) {
            return Err(Failure::usage(format!("{flag} is about one source; name one")));
        }
        if self.watch.is_some() && (self.source.is_part() || !self.keys.is_empty()) {
            let message = "--watch is about all of a source: leave --where, --since, --before and \
                           --keys out";
            return Err(Failure::usage(message.to_owned()));
        }
        let config = self.config();
        if self.dry_run {
            return self.plan(store, &config, feeds, output).await;
        }
        let is_many = self.is_many(configured)?;
        let engine = Engine::open(store, config).await?;
        let answered = match (self.watch, feeds.pop()) {
            (Some(every), Some(feed)) => {
                watching::watch(&engine, feed, &mut signals, self.options(), every, output).await
            }
            (_, Some(feed)) if feeds.is_empty() && !is_many => {
                self.sync_one(&engine, feed, &mut signals, store, output).await
            }
            (_, last) => {
                feeds.extend(last);
                self.sync_each(&engine, feeds, &mut signals, store, output).await
            }
        };
        engine.close().await;
        answered
    }

    /// Whether what was asked for may be several sources: how many a database has entities for does
    /// not change what an answer looks like.
    fn is_many(&self, configured: &Configured) -> Result<bool, Failure> {
        let [source] = self.sources.as_slice() else { return Ok(true) };
        let database = source.to_str().map(|name| configured.database(name)).transpose()?;
        Ok(database.flatten().is_some())
    }

    /// What was asked for that makes no sense for several sources.
    fn about_one(&self) -> Option<&'static str> {
        let asked = [
            ("--keys", !self.keys.is_empty()),
            ("--watch", self.watch.is_some()),
            ("--receipt", self.receipt.is_some()),
        ];
        asked.into_iter().find(|(_, is_asked)| *is_asked).map(|(flag, _)| flag)
    }

    async fn plan(
        &self,
        store: &Path,
        config: &Config,
        feeds: Vec<Feed>,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let mut plans = Vec::new();
        for feed in feeds {
            plans.push(plan(store, config, feed, &self.options()).await?);
        }
        planned::show(&plans, self.silence.shows_report(output), output)
    }

    async fn sync_one(
        &self,
        engine: &Engine,
        feed: Feed,
        signals: &mut Signals,
        store: &Path,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let (answer, _) = self.sync(engine, feed, signals, store, output).await;
        let answer = answer?;
        if self.silence.shows_report(output) {
            return answer.show(output);
        }
        answer.show_error(output);
        Ok(answer.exit())
    }

    /// Syncs one after the other; one that fails or pauses itself keeps no other from its turn,
    /// but a signal does.
    async fn sync_each(
        &self,
        engine: &Engine,
        feeds: Vec<Feed>,
        signals: &mut Signals,
        store: &Path,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let mut exit = Exit::Clean;
        let mut answers = Vec::new();
        let mut all = Counters::default();
        for (number, feed) in feeds.into_iter().enumerate() {
            let name = feed.source().description().name;
            if number > 0 && !output.is_json() && self.silence.shows_report(output) {
                output.print("\n")?;
            }
            let (synced, is_stopped) = self.sync(engine, feed, signals, store, output).await;
            match synced {
                Ok(answer) => {
                    exit = exit.max(answer.exit());
                    all.add(&answer.report.counters);
                    if !output.is_json() && self.silence.shows_report(output) {
                        answer.show(output)?;
                    } else {
                        answer.show_error(output);
                    }
                    answers.push(serde_json::json!(answer));
                }
                Err(failure) => {
                    let failure = failure.on(store);
                    exit = exit.max(failure.exit);
                    if !output.is_json() {
                        output.note(&format!("{name}:"));
                        output.explain_failure(&failure);
                    }
                    answers.push(serde_json::json!({ "source": name, "error": failure }));
                }
            }
            if is_stopped {
                break;
            }
        }
        if output.is_json() {
            output.show(&serde_json::json!({ "syncs": answers, "counters": all }), |_| ())?;
        } else if self.silence.shows_report(output) && answers.len() > 1 {
            let (sources, items) = (answers.len() as u64, plural(all.finished(), "item"));
            let sources = plural(sources, "source");
            output.print(&format!("\n{sources}, {items}: {}\n", outcomes(&all, ", ")))?;
        }
        Ok(exit)
    }

    /// Syncs one; tells whether a signal came meanwhile.
    async fn sync(
        &self,
        engine: &Engine,
        feed: Feed,
        signals: &mut Signals,
        store: &Path,
        output: &Output,
    ) -> (Result<JobAnswer, Failure>, bool) {
        let shows_progress = self.silence.shows_progress();
        let name = feed.source().description().name;
        let job = match engine.sync(feed, self.options()).await {
            Ok(job) => job,
            Err(error) => return (Err(error.into()), false),
        };
        if shows_progress {
            output.note(&announced(&name, &job));
        }
        let (report, is_stopped) = follow(job, signals, output, shows_progress).await;
        (report.and_then(|report| self.answered(engine, report, store)), is_stopped)
    }

    fn answered(
        &self,
        engine: &Engine,
        report: Report,
        store: &Path,
    ) -> Result<JobAnswer, Failure> {
        let receipt = match &self.receipt {
            Some(path) if has_ended(report.state) => {
                write_receipt(path, &engine.receipt(&report)?).err()
            }
            _ => None,
        };
        let mut answer = JobAnswer::new(report, store);
        answer.error = answer.error.or(receipt);
        Ok(answer)
    }

    fn config(&self) -> Config {
        let mut config = self.engine.applied_to(usual_config());
        config.ontology_id.clone_from(&self.pages.ontology);
        for (name, iri) in &self.pages.prefix {
            config.pages.prefixes.insert(name, iri);
        }
        config
    }

    fn options(&self) -> SyncOptions {
        SyncOptions {
            force: self.force,
            approve_deletions: self.approve_deletions,
            keys: self.keys.iter().map(|key| ItemKey::new(key.as_str())).collect(),
            per_minute: self.rate,
        }
    }
}

/// Writes a receipt that is there in whole or not at all.
fn write_receipt(path: &Path, receipt: &Receipt) -> Result<(), Failure> {
    let written = whole_file::write(path, |file| {
        let text = serde_json::to_string_pretty(receipt).map_err(io::Error::from)?;
        file.write_all((text + "\n").as_bytes())
    });
    written.map_err(|error| Failure::receipt(path, &error))
}

fn has_ended(state: JobState) -> bool {
    matches!(state, JobState::Completed | JobState::CompletedWithErrors)
}

/// Says whether a job is new or goes on.
fn announced(source: &str, job: &JobHandle) -> String {
    match job.attempt() {
        1 => format!("syncing {source}, job {}", job.id()),
        attempt => format!("continuing job {} of {source}, attempt {attempt}", job.id()),
    }
}

/// Reads `N/min`.
fn per_minute(text: &str) -> Result<NonZeroU32, String> {
    let number = text.strip_suffix("/min").unwrap_or(text);
    number.parse().map_err(|_| "expected a number of items a minute, such as 600/min".to_owned())
}

/// Reads a time between two syncs.
fn interval(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).map_err(|e| e.to_string())?;
    if time < SHORTEST_INTERVAL {
        return Err(format!("a sync takes longer; at least {} s", SHORTEST_INTERVAL.as_secs()));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_of_items_a_minute() {
        assert_eq!(per_minute("600/min").map(NonZeroU32::get), Ok(600));
        assert_eq!(per_minute("600").map(NonZeroU32::get), Ok(600));
        for wrong in ["", "0/min", "10/s", "-1", "many"] {
            assert!(per_minute(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_is_a_name_and_a_namespace() {
        let read = |text| prefix(text).ok();
        let both = ("ex".to_owned(), "http://example.org/a=b#".to_owned());
        assert_eq!(read("ex=http://example.org/a=b#"), Some(both));
        for wrong in
            ["", "ex", "ex=", "=http://example.org/", "e:x=http://example.org/", "ex=local"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
