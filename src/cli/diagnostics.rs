//! `driftless diagnostics`: what was found about pages.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::failure::{Exit, Failure};
use super::job_answer::{draw_diagnostics, level_tone};
use super::key;
use super::output::{Cell, Output, Sheet, plural};
use crate::parse::Level;
use crate::store::{DiagnosticFilter, DiagnosticRecord, Reader};

/// Lists what was found about pages, by file and line.
#[derive(Debug, Args)]
pub(super) struct Diagnostics {
    /// Only those of this code.
    #[arg(long)]
    code: Option<String>,
    /// Only those of this item: its key, or a path to the file.
    #[arg(long)]
    key: Option<String>,
    /// Only those of this level.
    #[arg(long, value_enum)]
    level: Option<LevelName>,
    /// Show at most N.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Count them by code instead.
    #[arg(long, conflicts_with_all = ["code", "key", "level", "limit"])]
    summary: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LevelName {
    Info,
    Warning,
    Error,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Info => Self::Info,
            LevelName::Warning => Self::Warning,
            LevelName::Error => Self::Error,
        }
    }
}

impl Diagnostics {
    pub(super) fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        if self.summary {
            let counts = reader.diagnostic_counts()?;
            output.show(&serde_json::json!({ "counts": counts }), |sheet| {
                draw_diagnostics(sheet, &counts);
                say_if_none(sheet, counts.is_empty());
            })?;
            return Ok(Exit::Clean);
        }
        let level = self.level.map(|name| Level::from(name).as_str().to_owned());
        let key = match &self.key {
            Some(wanted) => key::find(&reader, wanted, None, store)?.into_iter().next(),
            None => None,
        };
        let key = key.map(|record| record.key);
        let filter = DiagnosticFilter { code: self.code, key, level };
        // One more than asked for shows whether there are more.
        let mut found = reader.diagnostics(&filter, self.limit.saturating_add(1))?;
        let is_complete = found.len() <= self.limit as usize;
        found.truncate(self.limit as usize);
        let answer = serde_json::json!({ "diagnostics": found, "is_complete": is_complete });
        output.show(&answer, |sheet| draw(sheet, &found, is_complete))?;
        Ok(Exit::Clean)
    }
}

fn draw(sheet: &mut Sheet, found: &[DiagnosticRecord], is_complete: bool) {
    say_if_none(sheet, found.is_empty() && is_complete);
    if !found.is_empty() {
        sheet.table(&["place", "level", "code", "message"], found.iter().map(row));
    }
    if !is_complete {
        let first = plural(found.len() as u64, "diagnostic");
        sheet.dim(&format!("the first {first}; --limit shows more, --summary counts all"));
    }
}

fn say_if_none(sheet: &mut Sheet, is_empty: bool) {
    if is_empty {
        sheet.line("no diagnostics");
    }
}

/// A diagnostic as a row: place, level, code, message.
pub(super) fn row(found: &DiagnosticRecord) -> Vec<Cell> {
    let place = match found.line {
        0 => found.key.clone(),
        line => format!("{}:{line}", found.key),
    };
    let level = Cell::from(found.level.as_str()).tone(level_tone(&found.level));
    let place = Cell::from(place).whole();
    vec![place, level, found.code.as_str().into(), found.message.as_str().into()]
}
