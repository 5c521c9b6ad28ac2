//! What a job came to, as an answer: shared by the verbs that run jobs.

use std::fs;
use std::path::Path;

use serde::Serialize;

use super::command::on_store;
use super::failure::{Exit, Failure};
use super::output::{Cell, Output, Sheet, Tone, count, plural};
use super::time::duration;
use crate::checkpoint::Counters;
use crate::engine::{Attention, Report};
use crate::job::JobState;
use crate::source::Traffic;
use crate::store::{DiagnosticCount, Totals};

/// Lines of a list that a person is shown; JSON and the store have more.
const LINES: usize = 10;

/// A report with what only the program knows.
#[derive(Debug, Serialize)]
pub(super) struct JobAnswer {
    #[serde(flatten)]
    pub(super) report: Report,
    /// The most memory that the process held, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    peak_memory_bytes: Option<u64>,
    /// Why the job rests before its end, or what could not be done after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<Failure>,
}

impl JobAnswer {
    pub(super) fn new(mut report: Report, store: &Path) -> Self {
        for one in &mut report.attention {
            one.remedy = on_store(store, &one.remedy);
        }
        Self { peak_memory_bytes: peak_memory_bytes(), error: Failure::stopped(&report), report }
    }

    /// What the program ends with.
    pub(super) fn exit(&self) -> Exit {
        let failed = self.error.as_ref().map_or(Exit::Clean, |failure| failure.exit);
        failed.max(Exit::of(&self.report))
    }

    /// Prints the answer, and the error beside it for a person.
    pub(super) fn show(&self, output: &Output) -> Result<Exit, Failure> {
        output.show(self, |sheet| self.draw(sheet))?;
        self.show_error(output);
        Ok(self.exit())
    }

    /// Prints the error for a person; a program reads it in the answer.
    pub(super) fn show_error(&self, output: &Output) {
        if let Some(failure) = self.error.as_ref().filter(|_| !output.is_json()) {
            output.explain_failure(failure);
        }
    }

    /// Adds all tables.
    pub(super) fn draw(&self, sheet: &mut Sheet) {
        let report = &self.report;
        self.draw_head(sheet);
        draw_outcomes(sheet, &report.counters, &report.skips);
        draw_traffic(sheet, report.traffic.as_ref());
        draw_totals(sheet, &report.totals);
        draw_diagnostics(sheet, &report.diagnostics);
        draw_list(sheet, "Rejected", &report.errors);
        draw_list(sheet, "Deletions withheld", &report.withheld);
        draw_list(sheet, "Not listed", &report.gaps);
        draw_list(sheet, "Not found", &report.unknown_keys);
        // Why a job stopped is told as an error.
        let is_told = |one: &&Attention| self.error.as_ref().is_some_and(|it| it.code == one.code);
        let attention = report.attention.iter().filter(|one| !is_told(one));
        draw_attention(sheet, attention.collect());
    }

    fn draw_head(&self, sheet: &mut Sheet) {
        let report = &self.report;
        let (tone, word) = match report.state {
            JobState::Completed if report.is_clean() => (Tone::Good, "Completed"),
            JobState::Completed | JobState::CompletedWithErrors => {
                (Tone::Warn, "Completed, with something to look at")
            }
            JobState::Paused => (Tone::Warn, "Paused"),
            _ => (Tone::Bad, "Ended"),
        };
        sheet.gap();
        sheet.parts(&[(tone, word), (Tone::Plain, ": "), (Tone::Strong, &report.source)]);
        let took = format!(
            "{} in {}, {} items/s",
            plural(report.counters.finished(), "item"),
            duration(report.seconds),
            count(report.items_per_second.round() as u64),
        );
        let memory = self
            .peak_memory_bytes
            .map(|bytes| format!(", peak memory {} MiB", count(bytes.div_ceil(1024 * 1024))));
        sheet.line(&format!("{took}{}", memory.unwrap_or_default()));
        let version = report.source_version.as_deref().map(|name| format!(", version {name}"));
        let attempt = if report.attempt > 1 {
            format!(", attempt {}", report.attempt)
        } else {
            String::new()
        };
        sheet.dim(&format!("job {}{attempt}{}", report.job, version.unwrap_or_default()));
        report.notes.iter().for_each(|note| sheet.line(note));
    }
}

fn draw_outcomes(sheet: &mut Sheet, counters: &Counters, skips: &[(String, u64)]) {
    sheet.heading("Items");
    let reasons: Vec<_> =
        skips.iter().map(|(reason, number)| format!("{reason} {}", count(*number))).collect();
    let always = [
        ("listed", counters.listed),
        ("written", counters.written),
        ("unchanged", counters.unchanged),
        ("skipped", counters.skipped),
        ("rejected", counters.rejected),
        ("deleted", counters.deleted),
    ];
    let rare = [
        ("superseded", counters.superseded),
        ("withheld", counters.withheld),
        ("found again", counters.found_again),
        ("retried", counters.retried),
        ("pending", counters.pending()),
    ];
    let shown = always.into_iter().chain(rare.into_iter().filter(|(_, number)| *number > 0));
    sheet.plain_table(shown.map(|(name, number)| {
        let why = if name == "skipped" { reasons.join(", ") } else { String::new() };
        vec![Cell::from(name).tone(Tone::Dim), number.into(), Cell::from(why).tone(Tone::Dim)]
    }));
}

/// Adds what was asked of the source's server.
fn draw_traffic(sheet: &mut Sheet, traffic: Option<&Traffic>) {
    let Some(traffic) = traffic else { return };
    sheet.heading("Asked of GitHub");
    let left = match (traffic.remaining, traffic.limit) {
        (Some(remaining), Some(limit)) => format!("{} of {} left", count(remaining), count(limit)),
        _ => String::new(),
    };
    let waited = if traffic.waited_ms > 0 {
        format!("waited {}", duration(traffic.waited_ms as f64 / 1000.0))
    } else {
        String::new()
    };
    let rows = [
        ("requests", traffic.requests, left),
        ("bytes", traffic.bytes, String::new()),
        ("retries", traffic.retries, waited),
    ];
    sheet.plain_table(rows.into_iter().map(|(name, number, note)| {
        vec![Cell::from(name).tone(Tone::Dim), number.into(), Cell::from(note).tone(Tone::Dim)]
    }));
}

fn draw_totals(sheet: &mut Sheet, totals: &Totals) {
    // A store of rows alone shows them by search.
    if *totals == Totals::default() {
        return;
    }
    sheet.heading("The store shows");
    let rows = [
        ("pages", totals.pages, "fences", totals.fences),
        ("classes", totals.classes, "stubs", totals.stubs),
        ("parents", totals.parents, "relations", totals.relations),
        ("properties", totals.properties, "axioms", totals.axioms),
        ("graph nodes", totals.nodes, "graph edges", totals.edges),
        ("wikilinks", totals.wikilinks, "built-in terms", totals.built_in),
    ];
    sheet.plain_table(rows.into_iter().map(|(left, one, right, other)| {
        let name = |name: &str| Cell::from(name).tone(Tone::Dim);
        vec![name(left), one.into(), name(right), other.into()]
    }));
}

/// Adds how often each diagnostic was found.
pub(super) fn draw_diagnostics(sheet: &mut Sheet, found: &[DiagnosticCount]) {
    if found.is_empty() {
        return;
    }
    sheet.heading("Diagnostics");
    sheet.table(
        &["level", "code", "findings", "items"],
        found.iter().map(|one| {
            let tone = level_tone(&one.level);
            let (level, code) = (Cell::from(one.level.as_str()).tone(tone), one.code.as_str());
            vec![level, code.into(), one.findings.into(), one.items.into()]
        }),
    );
}

/// How a diagnostic of this level looks.
pub(super) fn level_tone(level: &str) -> Tone {
    if level == "error" { Tone::Bad } else { Tone::Warn }
}

/// Adds what needs attention, each with its remedy.
pub(super) fn draw_attention(sheet: &mut Sheet, attention: Vec<&Attention>) {
    if attention.is_empty() {
        return;
    }
    sheet.heading("Needs attention");
    for one in attention {
        sheet.parts(&[(Tone::Warn, &one.code), (Tone::Plain, ": "), (Tone::Plain, &one.message)]);
        sheet.copyable("  help: ", &one.remedy);
    }
}

/// Adds the first lines of a list, and how many more there are.
pub(super) fn draw_list(sheet: &mut Sheet, heading: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    sheet.heading(heading);
    for line in lines.iter().take(LINES) {
        sheet.line(&format!("  {line}"));
    }
    if lines.len() > LINES {
        sheet.dim(&format!("  and {} more", count((lines.len() - LINES) as u64)));
    }
}

/// The most memory that this process held at once; Linux tells it.
fn peak_memory_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
