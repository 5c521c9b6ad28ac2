//! `driftless status`: sources, the last jobs, and what needs attention.

use std::collections::HashSet;
use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::job_answer::{draw_attention, draw_list};
use super::origin::Configured;
use super::output::{Cell, Output, Sheet, Tone, count, plural};
use super::progress::outcomes;
use super::remembered::Remembered;
use super::time::{ago, instant, now_ms};
use crate::engine::{Attention, remedy};
use crate::job::{JobEvent, JobKind, JobState};
use crate::store::{Holder, JobRecord, Reader, SourceRecord};

/// Shows sources, the last jobs, and what needs attention.
///
/// Only reads, at any time: while a sync runs, and after one has died. Ends with 1 if
/// something needs attention.
#[derive(Debug, Args)]
pub(super) struct Status {
    /// Show the last N jobs.
    #[arg(long, value_name = "N", default_value_t = 5)]
    limit: usize,
}

#[derive(Debug, Serialize)]
struct Answer {
    store: String,
    /// Who writes now.
    writer: Option<Holder>,
    sources: Vec<SourceRecord>,
    jobs: Vec<JobRecord>,
    dead_letters: u64,
    withheld: Vec<Withheld>,
    attention: Vec<Attention>,
}

#[derive(Debug, Serialize)]
struct Withheld {
    source: String,
    key: String,
}

impl Status {
    pub(super) fn run(
        self,
        store: &Path,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        let mut answer = read(&reader, store)?;
        answer.attention.extend(undeclared(&answer.sources, configured, store));
        answer.jobs.truncate(self.limit);
        output.show(&answer, |sheet| answer.draw(sheet))?;
        Ok(Exit::attention(!answer.attention.is_empty()))
    }
}

fn read(reader: &Reader, store: &Path) -> Result<Answer, Failure> {
    let writer = reader.holder()?;
    let mut jobs = reader.jobs(u32::MAX)?;
    if writer.is_none() {
        // Nobody is at work, whatever the row still says: the next sync will mark it so too.
        for job in &mut jobs {
            job.state = job.state.next(JobEvent::ProcessDied).unwrap_or(job.state);
        }
    }
    let at_work: HashSet<_> =
        jobs.iter().filter(|job| job.state.is_active()).map(|job| job.source.clone()).collect();
    let withheld = reader.withheld(u32::MAX)?.into_iter();
    let mut answer = Answer {
        store: store.to_string_lossy().into_owned(),
        sources: reader.sources()?,
        dead_letters: reader.dead_letter_groups()?.iter().map(|group| group.items).sum(),
        // A job at work has not decided yet.
        withheld: withheld
            .filter(|(source, _)| !at_work.contains(source))
            .map(|(source, key)| Withheld { source, key })
            .collect(),
        writer,
        jobs,
        attention: Vec::new(),
    };
    answer.attention = answer.find_attention(store);
    Ok(answer)
}

/// Entities whose rows are found although no configuration declares them any more. A directory or
/// a repository need not be declared.
fn undeclared(sources: &[SourceRecord], configured: &Configured, store: &Path) -> Vec<Attention> {
    if !configured.is_read() {
        return Vec::new();
    }
    let is_declared = |name: &str| configured.file.entities().any(|entity| entity == name);
    let of_rows = sources.iter().filter(|it| ["sqlite", "postgres"].contains(&it.kind.as_str()));
    let one = |source: &SourceRecord| Attention {
        code: "undeclared_source".to_owned(),
        message: format!(
            "{} of {} can still be found, and the configuration does not declare it",
            plural(source.items, "row"),
            source.name
        ),
        remedy: format!("declare it again, or `{}`", Command::on(store, &["remove", &source.name])),
    };
    of_rows.filter(|source| !is_declared(&source.name)).map(one).collect()
}

impl Answer {
    fn find_attention(&self, store: &Path) -> Vec<Attention> {
        let mut found = Vec::new();
        let mut add = |code: &str, message: String, remedy: String| {
            found.push(Attention { code: code.to_owned(), message, remedy });
        };
        if let Some(writer) = self.writer.as_ref().filter(|it| it.expires_at_ms < now_ms()) {
            let message = format!("{} holds the store and does not run", writer.name);
            add("writer_stopped", message, "let it go on, or end it".to_owned());
        }
        for source in &self.sources {
            let again = Remembered::of(source).map(|it| it.sync_command(store));
            let again = again.unwrap_or_else(|_| Command::on(store, &["sync"]));
            if let Some((code, message)) = self.unfinished(source) {
                let remedy = match code.as_str() {
                    "interrupted" | "stopped" => format!("`{again}` goes on where it stopped"),
                    code => format!("{}: `{again}`", remedy(code)),
                };
                add(&code, message, remedy);
            }
            let withheld = self.withheld.iter().filter(|it| it.source == source.name).count();
            if withheld > 0 {
                let message = format!("{} of {}", plural(withheld as u64, "deletion"), source.name);
                let approved = again.with(&["--approve-deletions", &withheld.to_string()]);
                add("deletions_withheld", message, format!("if they are meant: `{approved}`"));
            }
        }
        if self.dead_letters > 0 {
            let message = plural(self.dead_letters, "item") + " could not be used";
            add(
                "dead_letters",
                message,
                format!("see `{}`", Command::on(store, &["dead-letters"])),
            );
        }
        found
    }

    /// Why the last sync of a source did not end well, if it did not.
    fn unfinished(&self, source: &SourceRecord) -> Option<(String, String)> {
        let is_sync =
            |job: &&JobRecord| job.source == source.name && job.kind == JobKind::Sync.as_str();
        let job = self.jobs.iter().find(is_sync)?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match job.state {
            JobState::Interrupted => {
                Some(("interrupted".to_owned(), format!("the process of job {} died", job.id)))
            }
            JobState::Paused => {
                Some(("stopped".to_owned(), format!("job {}: {}", job.id, text(&job.reason))))
            }
            JobState::Failed => Some((text(&job.error_code), text(&job.error_message))),
            _ => None,
        }
    }

    fn draw(&self, sheet: &mut Sheet) {
        let now_ms = now_ms();
        sheet.parts(&[
            (Tone::Strong, &self.store),
            (Tone::Plain, ": "),
            (Tone::Plain, &self.at_work(now_ms)),
        ]);
        if !self.sources.is_empty() {
            sheet.heading("Sources");
            sheet.table(
                &["source", "items", "version"],
                self.sources.iter().map(|source| {
                    let version = source.version.as_deref().unwrap_or_default();
                    vec![
                        source.name.as_str().into(),
                        source.items.into(),
                        Cell::from(version).tone(Tone::Dim),
                    ]
                }),
            );
        }
        if !self.jobs.is_empty() {
            sheet.heading("Last jobs");
            let names_source = self.sources.len() > 1;
            sheet.plain_table(self.jobs.iter().map(|job| job_row(job, names_source, now_ms)));
        }
        let withheld: Vec<_> = self.withheld.iter().map(|it| it.key.clone()).collect();
        draw_list(sheet, "Deletions withheld", &withheld);
        draw_attention(sheet, self.attention.iter().collect());
    }

    fn at_work(&self, now_ms: i64) -> String {
        match &self.writer {
            Some(writer) => format!(
                "being written by {}, since {}",
                writer.name,
                ago(writer.taken_at_ms, now_ms)
            ),
            None => "nobody is writing".to_owned(),
        }
    }
}

fn job_row(job: &JobRecord, names_source: bool, now_ms: i64) -> Vec<Cell> {
    let counters = &job.counters;
    let of = job.total.filter(|_| !job.total_is_estimate).unwrap_or(counters.listed);
    let at_ms = job.completed_at_ms.unwrap_or(job.updated_at_ms);
    let mut lines = vec![
        format!("{}, {}", job.kind, instant(at_ms, now_ms)),
        format!(
            "{} of {}: {}",
            count(counters.finished()),
            plural(of, "item"),
            outcomes(counters, ", ")
        ),
        format!("job {}, attempt {}", job.id, job.attempt),
    ];
    if names_source {
        lines.insert(1, job.source.clone());
    }
    let why = [&job.reason, &job.error_message];
    lines.extend(why.into_iter().flatten().cloned());
    vec![Cell::from(job.state.as_str()).tone(state_tone(job.state)), Cell::lines(lines)]
}

fn state_tone(state: JobState) -> Tone {
    match state {
        JobState::Completed => Tone::Good,
        JobState::Failed | JobState::Interrupted => Tone::Bad,
        JobState::Queued | JobState::Running => Tone::Plain,
        _ => Tone::Warn,
    }
}
