//! `driftless dead-letters`: items that could not be used, by what is wrong with them.

use std::path::Path;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::follow::{Signals, follow};
use super::job_answer::JobAnswer;
use super::key;
use super::origin::Configured;
use super::output::{Output, Sheet, Tone, count, plural};
use super::remembered::Remembered;
use super::sync::{EngineFlags, Silence};
use super::time::{instant, now_ms};
use super::usual_config;
use crate::engine::{Engine, Feed};
use crate::store::{DeadLetter, DeadLetterFilter, DeadLetterGroup, Reader};

/// Shows items that could not be used, grouped by cause; tries them again, or gives them up.
///
/// What was stored of such an item before is kept. A sync tries it again when its content,
/// the parser or the configuration changes.
#[derive(Debug, Args)]
pub(super) struct DeadLetters {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show single items: all, those of a group, or one.
    Show(Show),
    /// Try items again now.
    Retry(Retry),
    /// Give items up, with the reason. They are left out until they change.
    Discard(Discard),
}

#[derive(Debug, Args)]
struct Show {
    /// A group, a key, or a path to the file.
    #[arg(value_name = "GROUP|KEY")]
    which: Option<String>,
    /// Show what was given up too.
    #[arg(long)]
    discarded: bool,
    /// Show at most N.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, Args)]
struct Retry {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    engine: EngineFlags,
    #[command(flatten)]
    silence: Silence,
}

#[derive(Debug, Args)]
struct Discard {
    #[command(flatten)]
    which: Which,
    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    /// Do not ask before giving all of them up.
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Those of one cause.
    #[arg(long, value_name = "ID")]
    group: Option<String>,
    /// One item, by its key or a path to the file.
    #[arg(long)]
    key: Option<String>,
    /// All of them.
    #[arg(long)]
    all: bool,
}

impl Which {
    /// The open dead letters that are meant, and how many there are.
    fn find(&self, reader: &Reader, store: &Path) -> Result<(DeadLetterFilter, u64), Failure> {
        let key = match &self.key {
            Some(wanted) => key::find(reader, wanted, None, store)?.into_iter().next(),
            None => None,
        };
        let key = key.map(|record| record.key);
        let filter = DeadLetterFilter { cause_id: self.group.clone(), key };
        let number = reader.dead_letters(&filter, false, u32::MAX)?.len() as u64;
        if number == 0 {
            return Err(none_such(store));
        }
        Ok((filter, number))
    }
}

fn none_such(store: &Path) -> Failure {
    let remedy = format!("see `{}`", Command::on(store, &["dead-letters"]));
    Failure::unknown("there is no such open dead letter", remedy)
}

impl DeadLetters {
    pub(super) async fn run(
        self,
        store: &Path,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        match self.action {
            None => list(&reader, store, output),
            Some(Action::Show(show)) => show.run(&reader, store, output),
            Some(Action::Retry(retry)) => retry.run(reader, store, configured, output).await,
            Some(Action::Discard(discard)) => discard.run(&reader, store, output).await,
        }
    }
}

fn list(reader: &Reader, store: &Path, output: &Output) -> Result<Exit, Failure> {
    let groups = reader.dead_letter_groups()?;
    output.show(&serde_json::json!({ "groups": groups }), |sheet| {
        let Some(first) = groups.first() else { return sheet.line("no dead letters") };
        let now_ms = now_ms();
        for group in &groups {
            sheet.gap();
            draw_group(sheet, group, now_ms);
        }
        sheet.gap();
        let of = Command::on(store, &["dead-letters", "retry", "--group", &first.cause_id]);
        sheet.copyable("once the cause is gone: ", &of.to_string());
    })?;
    Ok(Exit::Clean)
}

fn draw_group(sheet: &mut Sheet, group: &DeadLetterGroup, now_ms: i64) {
    let items = plural(group.items, "item");
    let what = format!("  {items}, {} {}", group.stage, group.code);
    sheet.parts(&[(Tone::Strong, &group.cause_id), (Tone::Bad, &what)]);
    let more = group.items.saturating_sub(group.samples.len() as u64);
    let more = if more > 0 { format!(", and {} more", count(more)) } else { String::new() };
    sheet.pairs([
        ("cause", group.cause.as_str().into()),
        ("first", instant(group.first_at_ms, now_ms).into()),
        ("last", instant(group.last_at_ms, now_ms).into()),
        ("items", format!("{}{more}", group.samples.join(", ")).into()),
    ]);
}

impl Show {
    fn run(self, reader: &Reader, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let filter = self.filter(reader, store)?;
        // One more than asked for shows whether there are more.
        let mut letters =
            reader.dead_letters(&filter, self.discarded, self.limit.saturating_add(1))?;
        let is_complete = letters.len() <= self.limit as usize;
        letters.truncate(self.limit as usize);
        if letters.is_empty() && self.which.is_some() {
            return Err(none_such(store));
        }
        let answer = serde_json::json!({ "dead_letters": letters, "is_complete": is_complete });
        output.show(&answer, |sheet| {
            let now_ms = now_ms();
            for letter in &letters {
                sheet.gap();
                draw_letter(sheet, letter, now_ms);
            }
            if letters.is_empty() {
                sheet.line("no dead letters");
            }
            if !is_complete {
                sheet.gap();
                sheet
                    .dim(&format!("the first {}; --limit shows more", count(letters.len() as u64)));
            }
        })?;
        Ok(Exit::Clean)
    }

    /// A word that names a group means the group; any other one means an item.
    fn filter(&self, reader: &Reader, store: &Path) -> Result<DeadLetterFilter, Failure> {
        let Some(which) = &self.which else { return Ok(DeadLetterFilter::default()) };
        let group = DeadLetterFilter { cause_id: Some(which.clone()), key: None };
        if !reader.dead_letters(&group, true, 1)?.is_empty() {
            return Ok(group);
        }
        let found = key::find(reader, which, None, store)?;
        let key = found.into_iter().next().map(|record| record.key);
        Ok(DeadLetterFilter { cause_id: None, key })
    }
}

fn draw_letter(sheet: &mut Sheet, letter: &DeadLetter, now_ms: i64) {
    let what = format!("  {} {}", letter.stage, letter.code);
    sheet.parts(&[(Tone::Strong, &letter.key), (Tone::Bad, &what)]);
    let content = letter.content_digest.map_or_else(|| "not read".to_owned(), |it| it.to_string());
    sheet.pairs([
        ("reason", letter.message.as_str().into()),
        ("source", letter.source.as_str().into()),
        ("group", letter.cause_id.as_str().into()),
        ("tries", u64::from(letter.attempts).to_string().into()),
        ("first", instant(letter.first_at_ms, now_ms).into()),
        ("last", instant(letter.last_at_ms, now_ms).into()),
        ("content", content.into()),
    ]);
    if let Some(reason) = &letter.discard_reason {
        sheet.pairs([("given up", reason.as_str().into())]);
    }
}

/// What a retry of one source came to.
#[derive(Serialize)]
#[serde(untagged)]
enum Retried {
    Rested(Box<JobAnswer>),
    Failed { source: String, error: Failure },
}

impl Retry {
    async fn run(
        self,
        reader: Reader,
        store: &Path,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let (filter, _) = self.which.find(&reader, store)?;
        let mut signals = Signals::listen()?;
        let mut retried = Vec::new();
        for source in reader.sources()? {
            if reader.dead_letter_keys(source.id, &filter)?.is_empty() {
                continue;
            }
            let opened = Remembered::of(&source)
                .and_then(|remembered| Ok((remembered.feed(configured)?, remembered)));
            let came_to = match opened {
                Ok((opened, remembered)) => {
                    self.retry(opened, &remembered, &filter, store, &mut signals, output).await
                }
                Err(failure) => (Err(failure), false),
            };
            let (came_to, is_stopped) = came_to;
            let came_to = match came_to {
                Ok(answer) => Retried::Rested(Box::new(answer)),
                // Nothing is different for the other sources then.
                Err(failure) if failure.exit == Exit::Refused => return Err(failure),
                Err(error) => Retried::Failed { source: source.name, error },
            };
            retried.push(came_to);
            if is_stopped {
                break;
            }
        }
        self.show(&retried, output)
    }

    async fn retry(
        &self,
        feed: Feed,
        remembered: &Remembered,
        filter: &DeadLetterFilter,
        store: &Path,
        signals: &mut Signals,
        output: &Output,
    ) -> (Result<JobAnswer, Failure>, bool) {
        let name = feed.source().description().name;
        let config = self.engine.applied_to(remembered.config());
        let engine = match Engine::open(store, config).await {
            Ok(engine) => engine,
            Err(error) => return (Err(error.into()), false),
        };
        let shows_progress = self.silence.shows_progress();
        let (rested, is_stopped) = match engine.retry(feed, filter).await {
            Ok(job) => {
                if shows_progress {
                    output.note(&format!("retrying items of {name}, job {}", job.id()));
                }
                follow(job, signals, output, shows_progress).await
            }
            Err(error) => (Err(error.into()), false),
        };
        engine.close().await;
        (rested.map(|report| JobAnswer::new(report, store)), is_stopped)
    }

    fn show(&self, retried: &[Retried], output: &Output) -> Result<Exit, Failure> {
        let errors = retried.iter().filter_map(|one| match one {
            Retried::Rested(answer) => answer.error.as_ref(),
            Retried::Failed { error, .. } => Some(error),
        });
        let errors: Vec<_> = errors.collect();
        let mut answer = serde_json::json!({ "reports": retried });
        if let Some(first) = errors.first() {
            answer["error"] = serde_json::json!(first);
        }
        if self.silence.shows_report(output) {
            output.show(&answer, |sheet| {
                for one in retried {
                    if let Retried::Rested(answer) = one {
                        answer.draw(sheet);
                    }
                }
            })?;
        }
        if !output.is_json() {
            errors.iter().for_each(|error| output.explain_failure(error));
        }
        let exits = retried.iter().map(|one| match one {
            Retried::Rested(answer) => answer.exit(),
            Retried::Failed { error, .. } => error.exit,
        });
        Ok(exits.max().unwrap_or(Exit::Clean))
    }
}

impl Discard {
    async fn run(self, reader: &Reader, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let (filter, number) = self.which.find(reader, store)?;
        let items = plural(number, "item");
        if self.which.all && !self.yes && !output.confirm(&format!("Give up {items}?")) {
            return Err(Failure::refused(
                "not_confirmed",
                format!("{items} would be given up"),
                "say --yes, or answer y at a terminal",
            ));
        }
        let engine = Engine::open(store, usual_config()).await?;
        let discarded = engine.discard(filter, self.reason.clone()).await;
        engine.close().await;
        let discarded = discarded?;
        let answer = serde_json::json!({ "discarded": discarded, "reason": self.reason });
        output.show(&answer, |sheet| {
            sheet.line(&format!("gave up {}", plural(discarded as u64, "item")));
        })?;
        Ok(Exit::Clean)
    }
}
