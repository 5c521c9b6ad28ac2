//! `driftless sync`: brings the store to the present state of a directory.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::failure::{Exit, Failure};
use super::follow::follow;
use super::output::{Cell, Output, Sheet, Tone, count, plural};
use super::receipt;
use super::report::{JobAnswer, draw_list};
use crate::config::{Config, ONTOLOGY_ID, SyncOptions};
use crate::engine::{Engine, JobHandle, Plan, plan};
use crate::job::JobState;
use crate::source::directory::{Directory, DirectorySettings};
use crate::source::{EXCLUDE, INCLUDE, LARGEST_ITEM_BYTES, Source};
use crate::store::Durability;

/// Brings the store to the present state of a directory.
///
/// Continues an unfinished sync of the same directory where it stopped.
#[derive(Debug, Args)]
pub(super) struct Sync {
    /// The directory of pages.
    path: PathBuf,
    /// Show what would be done, and write nothing.
    #[arg(long, conflicts_with = "receipt")]
    dry_run: bool,
    /// Write unchanged items again.
    #[arg(long)]
    force: bool,
    /// Delete up to N items, even if so many deletions would be withheld.
    #[arg(long, value_name = "N")]
    approve_deletions: Option<u64>,
    /// Write what identifies the result to FILE: equal stores have equal receipts.
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    silence: Silence,
    #[command(flatten)]
    pages: PageFlags,
}

/// How jobs work.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct EngineFlags {
    /// Parse N items at the same time [default: one for each core, 4 to 8].
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

/// Which pages count, and how they are read. A change reads the pages again.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pages")]
struct PageFlags {
    #[arg(long, value_name = "GLOB", help = format!(
        "Read files whose path below PATH matches; may be repeated [default: {INCLUDE}]"))]
    include: Vec<String>,
    #[arg(long, value_name = "GLOB", help = format!(
        "Leave out what matches; may be repeated, '' leaves nothing out [default: {}]",
        EXCLUDE.join(" ")))]
    exclude: Vec<String>,
    /// Skip larger files.
    #[arg(long, value_name = "N", default_value_t = LARGEST_ITEM_BYTES,
        value_parser = clap::value_parser!(u64).range(1..))]
    max_item_bytes: u64,
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
    pub(super) async fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let source: Arc<dyn Source> = Arc::new(Directory::new(self.settings())?);
        let (config, options) = (self.config(), self.options());
        if self.dry_run {
            let plan = plan(store, &config, source, &options).await?;
            if self.silence.shows_report(output) {
                output
                    .show(&PlanAnswer { dry_run: true, plan: &plan }, |sheet| draw(sheet, &plan))?;
            }
            let is_needed = plan.rejected > 0 || plan.deletions_withheld || !plan.gaps.is_empty();
            return Ok(Exit::attention(is_needed));
        }
        let engine = Engine::open(store, config).await?;
        let answered = self.sync(&engine, source, options, output).await;
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

    fn settings(&self) -> DirectorySettings {
        let PageFlags { include, exclude, max_item_bytes, .. } = &self.pages;
        let usual = DirectorySettings::new(&self.path);
        let or = |given: &[String], usual| if given.is_empty() { usual } else { given.to_vec() };
        DirectorySettings {
            include: or(include, usual.include),
            exclude: or(exclude, usual.exclude),
            largest_item_bytes: *max_item_bytes,
            root: usual.root,
        }
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

/// A plan that cannot be taken for a report.
#[derive(Serialize)]
struct PlanAnswer<'a> {
    dry_run: bool,
    #[serde(flatten)]
    plan: &'a Plan,
}

fn draw(sheet: &mut Sheet, plan: &Plan) {
    sheet.parts(&[(Tone::Good, "Dry run"), (Tone::Plain, ": "), (Tone::Strong, &plan.source)]);
    sheet.dim("nothing was written");
    sheet.heading("Items");
    let deleted = match (plan.deletions_withheld, plan.renamed) {
        (true, _) => "withheld: they need approval, or a complete listing".to_owned(),
        (false, 0) => String::new(),
        (false, renamed) => format!("{} renamed", count(renamed)),
    };
    let rows = [
        ("listed", plan.listed, String::new()),
        ("would be added", plan.added, String::new()),
        ("would be changed", plan.changed, String::new()),
        ("unchanged", plan.unchanged, String::new()),
        ("skipped", plan.skipped, String::new()),
        ("rejected", plan.rejected, String::new()),
        ("would be deleted", plan.deleted, deleted),
    ];
    sheet.plain_table(rows.into_iter().map(|(name, number, note)| {
        vec![Cell::from(name).tone(Tone::Dim), number.into(), Cell::from(note).tone(Tone::Warn)]
    }));
    draw_changes(sheet, plan);
    draw_list(sheet, "Not listed", &plan.gaps);
}

fn draw_changes(sheet: &mut Sheet, plan: &Plan) {
    if plan.changes.is_empty() {
        return;
    }
    sheet.heading("Changes");
    sheet.plain_table(plan.changes.iter().map(|change| {
        let tone = match change.action {
            "add" => Tone::Good,
            "reject" | "delete" => Tone::Bad,
            _ => Tone::Warn,
        };
        let detail = Cell::from(change.detail.as_str()).tone(Tone::Dim);
        vec![Cell::from(change.action).tone(tone), change.key.as_str().into(), detail]
    }));
    let is_cut = plan.changes.len() as u32 >= crate::engine::REPORT_LINES;
    if is_cut {
        sheet.dim(&format!(
            "  the first {}; the numbers above count all",
            plural(plan.changes.len() as u64, "change")
        ));
    }
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
