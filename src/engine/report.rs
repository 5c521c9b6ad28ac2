//! What a job came to: the report, the receipt, and the shapes that VisionFlow reads.

use std::time::Duration;

use serde::Serialize;

use super::error::remedy;
use crate::checkpoint::Counters;
use crate::fingerprint::{Digest, Reading};
use crate::job::{JobId, JobState};
use crate::progress::Progress;
use crate::source::{Gap, Traffic};
use crate::store::{DiagnosticCount, SkipCount, Totals};

/// What a job came to.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The job.
    pub job: JobId,
    /// The name of its source.
    pub source: String,
    /// The version of the source, where it has one.
    pub source_version: Option<String>,
    /// What was asked of the source's server for it, where the source has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
    /// How its items were read.
    #[serde(skip)]
    pub reading: Reading,
    /// Where the job stands now.
    pub state: JobState,
    /// The attempt that made this report, from 1.
    pub attempt: u32,
    /// When the job first started, in Unix milliseconds.
    pub started_at_ms: i64,
    /// How its items ended.
    pub counters: Counters,
    /// Skipped items of the source by reason.
    pub skips: Vec<(String, u64)>,
    /// What the store shows now.
    pub totals: Totals,
    /// Diagnostics in the store by level and code.
    pub diagnostics: Vec<DiagnosticCount>,
    /// Open dead letters as `key: message`, at most [`REPORT_LINES`].
    pub errors: Vec<String>,
    /// Items whose deletion is withheld, at most [`REPORT_LINES`].
    pub withheld: Vec<String>,
    /// Places that could not be listed.
    pub gaps: Vec<String>,
    /// Keys that were asked for and that neither the source nor the store knows.
    pub unknown_keys: Vec<String>,
    /// What a person should know of the source, a line each.
    pub notes: Vec<String>,
    /// What needs attention, each with its remedy; empty if nothing does.
    pub attention: Vec<Attention>,
    /// How long this attempt took, in seconds.
    pub seconds: f64,
    /// Items finished a second, over this attempt.
    pub items_per_second: f64,
}

/// Lines of a list that a report holds; the store has all of them.
pub const REPORT_LINES: u32 = 100;

/// Something a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attention {
    /// The stable word for it.
    pub code: String,
    /// What it is.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Report {
    /// Whether nothing needs attention.
    pub fn is_clean(&self) -> bool {
        self.state == JobState::Completed && self.attention.is_empty()
    }
}

/// What kept a whole listing from showing anything, as far as that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// No file counts.
    Files,
    /// No row meets the entity's filter.
    Filter,
}

impl Nothing {
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Files => (
                "the source has no files that count; nothing was deleted unasked",
                "check its path, and what --include and --exclude leave of it",
            ),
            Self::Filter => (
                "no row meets the entity's filter; nothing was deleted unasked",
                "check `filter`, if the table is not empty",
            ),
        }
    }
}

/// What needs attention, from what a job came to.
pub(super) fn attention(
    counters: &Counters,
    gaps: &[Gap],
    skips: &[SkipCount],
    unknown: usize,
    stopped: Option<(String, String)>,
    nothing: Option<Nothing>,
) -> Vec<Attention> {
    let mut found = Vec::new();
    let mut add = |code: &str, message: String, remedy: &str| {
        found.push(Attention { code: code.to_owned(), message, remedy: remedy.to_owned() });
    };
    if let Some((code, message)) = stopped {
        add(&code, message, remedy(&code));
    }
    if let Some(nothing) = nothing {
        let (message, remedy) = nothing.told();
        add("nothing_listed", message.to_owned(), remedy);
    }
    if counters.rejected > 0 {
        let message =
            format!("{} items rejected; what was stored of them is kept", counters.rejected);
        add("rejected_items", message, "see `driftless dead-letters`");
    }
    if !gaps.is_empty() {
        let message = format!("{} places could not be listed, so nothing was deleted", gaps.len());
        add("listing_incomplete", message, "make them readable, then run again");
    }
    if unknown > 0 {
        let message = format!("{unknown} of the keys asked for are not there");
        add("unknown_keys", message, "check the spelling; keys are written as search shows them");
    }
    if counters.withheld > 0 {
        let message = format!("{} deletions withheld", counters.withheld);
        let remedy = "see `driftless status`; if they are meant, run again with \
                      --approve-deletions and their number";
        add("deletions_withheld", message, remedy);
    }
    for SkipCount { reason, items, stored } in skips {
        // An item that the store never had has nothing to keep.
        let unknown = if reason == "vanished" { unknown as u64 } else { 0 };
        let items = items.saturating_sub(unknown);
        let (count, remedy) = match reason.as_str() {
            "timed_out" => (items, "run again: three syncs try them"),
            "unreadable" | "unstable" | "vanished" => {
                (items, "see `driftless explain KEY`, then run again")
            }
            // Pointers of which nothing was ever stored are usual.
            "lfs_pointer" => (*stored, "run `git lfs pull` there, then run again"),
            "too_large" if items > 0 => {
                let message = format!("{items} items are larger than the limit, and left out");
                add("too_large_items", message, "if they are meant, raise --max-item-bytes");
                continue;
            }
            _ => continue,
        };
        if count > 0 {
            let message = format!("{count} items {reason}; what was stored of them is kept");
            add(&format!("{reason}_items"), message, remedy);
        }
    }
    found
}

/// What a run leaves behind to be compared with another's: equal if the two stores are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receipt {
    /// This program's version.
    pub tool_version: &'static str,
    /// The name of the source.
    pub source: String,
    /// The version of the source, where it has one.
    pub source_version: Option<String>,
    /// The digest of all settings that change what is stored.
    pub configuration_digest: Digest,
    /// The version of the parser.
    pub parser_version: u32,
    /// What the store shows.
    pub totals: Totals,
    /// How many items each outcome had.
    pub counts: ReceiptCounts,
    /// The digest of the store's whole content.
    pub store_digest: Digest,
}

/// The counts of a receipt: those that two runs over the same source share, whatever either
/// had to write for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptCounts {
    /// Items the source showed.
    pub listed: u64,
    /// Items whose present version is stored.
    pub stored: u64,
    /// Items left out.
    pub skipped: u64,
    /// Items that could not be used.
    pub rejected: u64,
    /// Deletions withheld.
    pub withheld: u64,
}

impl From<&Counters> for ReceiptCounts {
    fn from(counters: &Counters) -> Self {
        Self {
            listed: counters.listed,
            stored: counters.written + counters.unchanged + counters.superseded,
            skipped: counters.skipped,
            rejected: counters.rejected,
            withheld: counters.withheld,
        }
    }
}

/// Progress in the shape that the VisionFlow service reads. Counts are of rows saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the service's own names")]
pub struct SyncProgress {
    pub files_total: u64,
    pub files_processed: u64,
    pub files_succeeded: u64,
    pub files_failed: u64,
    pub current_file: String,
    pub errors: Vec<String>,
    pub kg_nodes_saved: u64,
    pub kg_edges_saved: u64,
    pub onto_classes_saved: u64,
    pub onto_properties_saved: u64,
    pub onto_axioms_saved: u64,
}

impl From<&Progress> for SyncProgress {
    fn from(progress: &Progress) -> Self {
        let counters = &progress.counters;
        Self {
            files_total: progress.total.unwrap_or(counters.listed),
            files_processed: counters.finished(),
            files_succeeded: counters.finished() - counters.rejected,
            files_failed: counters.rejected,
            current_file: progress.current_item.clone().unwrap_or_default(),
            errors: progress.recent_errors.clone(),
            kg_nodes_saved: counters.saved.nodes,
            kg_edges_saved: counters.saved.edges,
            onto_classes_saved: counters.saved.classes,
            onto_properties_saved: counters.saved.properties,
            onto_axioms_saved: counters.saved.axioms,
        }
    }
}

/// A result in the shape that the VisionFlow service reads. `total_*` count the rows that the
/// store shows; stubs are no classes here.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the service's own names")]
pub struct SyncStatistics {
    pub total_files: u64,
    pub kg_files_processed: u64,
    pub ontology_files_processed: u64,
    pub skipped_files: u64,
    pub failed_files: u64,
    pub errors: Vec<String>,
    pub duration: Duration,
    pub total_nodes: u64,
    pub total_edges: u64,
    pub total_classes: u64,
    pub total_properties: u64,
    pub total_axioms: u64,
}

impl From<&Report> for SyncStatistics {
    fn from(report: &Report) -> Self {
        let (counters, totals) = (&report.counters, &report.totals);
        Self {
            total_files: counters.listed,
            kg_files_processed: counters.graph_pages,
            ontology_files_processed: counters.ontology_pages,
            skipped_files: counters.skipped + counters.unchanged,
            failed_files: counters.rejected,
            errors: report.errors.clone(),
            duration: Duration::from_secs_f64(report.seconds),
            total_nodes: totals.nodes,
            total_edges: totals.edges,
            total_classes: totals.classes,
            total_properties: totals.properties,
            total_axioms: totals.axioms,
        }
    }
}
