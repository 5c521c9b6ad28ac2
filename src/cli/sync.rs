//! `driftless sync`: brings the store to the present state of a source.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::failure::{Exit, Failure};
use super::follow::follow;
#[cfg(feature = "github")]
use super::origin::GithubFlags;
use super::origin::{self, Configured, FileFlags};
use super::output::Output;
use super::planned;
use super::receipt;
use super::report::JobAnswer;
use super::watching;
use crate::config::{Config, ONTOLOGY_ID, SyncOptions};
use crate::engine::{Engine, JobHandle, plan};
use crate::job::JobState;
use crate::source::Source;
use crate::store::Durability;

/// Brings the store to the present state of a source.
///
/// A source is a directory, a repository as github:OWNER/REPO[@REF][/PATH], or a name in
/// driftless.yaml; `github:` alone takes GITHUB_OWNER, GITHUB_REPO, GITHUB_BRANCH and
/// GITHUB_BASE_PATH. Continues an unfinished sync of the same source where it stopped.
#[derive(Debug, Args)]
pub(super) struct Sync {
    /// What to read.
    source: PathBuf,
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
    /// Go on, and sync again after each TIME (30s, 5m, 1h) until stopped; a line a sync. What
    /// else is asked for holds for the first one.
    #[arg(long, value_name = "TIME", value_parser = interval)]
    watch: Option<Duration>,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    silence: Silence,
    #[command(flatten)]
    files: FileFlags,
    #[command(flatten)]
    pages: PageFlags,
    #[cfg(feature = "github")]
    #[command(flatten)]
    github: GithubFlags,
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
        Config { workers: asked.unwrap_or(config.workers), durability, ..config }
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
        let source = origin::open(
            &self.source,
            configured,
            &self.files,
            #[cfg(feature = "github")]
            &self.github,
        )?;
        let (config, options) = (self.config(), self.options());
        if self.dry_run {
            let plan = plan(store, &config, source, &options).await?;
            return planned::show(&plan, self.silence.shows_report(output), output);
        }
        let engine = Engine::open(store, config).await?;
        let answered = match self.watch {
            Some(every) => watching::watch(&engine, source, options, every, output).await,
            None => self.sync(&engine, source, options, output).await,
        };
        engine.close().await;
        answered
    }

    async fn sync(
        &self,
        engine: &Engine,
        source: Arc<dyn Source>,
        options: SyncOptions,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let shows_progress = self.silence.shows_progress();
        let name = source.description().name;
        let job = engine.sync(source, options).await?;
        if shows_progress {
            output.note(&announced(&name, &job));
        }
        let report = follow(job, output, shows_progress).await?;
        let receipt = match &self.receipt {
            Some(path) if has_ended(report.state) => {
                receipt::write(path, &engine.receipt(&report)?).err()
            }
            _ => None,
        };
        let mut answer = JobAnswer::new(report);
        answer.error = answer.error.or(receipt);
        if self.silence.shows_report(output) {
            return answer.show(output);
        }
        answer.show_error(output);
        Ok(answer.exit())
    }

    fn config(&self) -> Config {
        let mut config = self.engine.applied_to(Config::default());
        config.ontology_id.clone_from(&self.pages.ontology);
        for (name, iri) in &self.pages.prefix {
            config.pages.prefixes.insert(name, iri);
        }
        config
    }

    fn options(&self) -> SyncOptions {
        SyncOptions { force: self.force, approve_deletions: self.approve_deletions }
    }
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
