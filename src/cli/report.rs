//! `driftless report`: what rules and diagnostics find in what is stored.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::axioms::place;
use super::command::Command;
use super::failure::{Exit, Failure};
use super::nearest::nearest;
use super::origin::Configured;
use super::output::{Cell, Output, Sheet, Tone, count};
use super::sarif;
use crate::parse::CODES;
use crate::store::{Finding, FindingLevel, RULES, Reader};

/// Lists what is wrong or unusual in what is stored, the gravest first. Ends with 1 if there are
/// errors.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Only items of this source.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only findings of this code; may be repeated.
    #[arg(long, value_name = "CODE")]
    code: Vec<String>,
    /// Only findings of this level or above.
    #[arg(long, value_name = "LEVEL", value_enum, default_value = "warning")]
    level: AtLeast,
    /// List at most N; the counts are of all.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Answer in SARIF 2.1.0, which code hosts and editors show beside the lines.
    #[arg(long, conflicts_with = "limit")]
    sarif: bool,
    /// List the rules with their levels instead.
    #[arg(long, conflicts_with_all = ["source", "code", "level", "limit", "sarif"])]
    rules: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AtLeast {
    Info,
    Warning,
    Error,
}

impl From<AtLeast> for FindingLevel {
    fn from(level: AtLeast) -> Self {
        match level {
            AtLeast::Info => Self::Info,
            AtLeast::Warning => Self::Warning,
            AtLeast::Error => Self::Error,
        }
    }
}

impl Report {
    pub(super) fn run(
        self,
        store: &Path,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let levels = configured.file.rules();
        if self.rules {
            return rules(configured, output);
        }
        let reader = Reader::open(store)?;
        if let Some(name) = &self.source {
            super::key::require_source(&reader, name, store)?;
        }
        let mut found = reader.findings(self.source.as_deref(), levels)?;
        known_codes(&self.code, &found, store)?;
        let least = FindingLevel::from(self.level);
        found.retain(|it| it.level >= least);
        found.retain(|it| self.code.is_empty() || self.code.contains(&it.code));
        let has_errors = found.iter().any(|it| it.level == FindingLevel::Error);
        let exit = Exit::attention(has_errors);
        if self.sarif {
            output.print_json(&sarif::log(&found))?;
            return Ok(exit);
        }
        let counts = counts(&found);
        let total = found.len();
        found.truncate(self.limit as usize);
        let is_complete = found.len() == total;
        let answer = serde_json::json!({
            "counts": counts, "findings": found, "is_complete": is_complete,
        });
        output.show(&answer, |sheet| draw(sheet, &counts, &found, is_complete))?;
        Ok(exit)
    }
}

/// Refuses codes that no finding can have: they would be answered as if all were well.
fn known_codes(wanted: &[String], found: &[Finding], store: &Path) -> Result<(), Failure> {
    let of_rules = || RULES.iter().map(|rule| rule.code).chain(CODES);
    let is_known = |code: &&String| {
        of_rules().any(|known| known == **code) || found.iter().any(|it| it.code == **code)
    };
    let Some(code) = wanted.iter().find(|code| !is_known(code)) else { return Ok(()) };
    let near = nearest(code, of_rules().map(str::to_owned));
    let remedy = match near.as_slice() {
        [] => format!("see `{}`", Command::on(store, &["report", "--rules"])),
        near => format!("there are: {}", near.join(", ")),
    };
    Err(Failure::unknown(format!("no finding has the code {code}"), remedy))
}

/// How often a code was found.
#[derive(Debug, serde::Serialize)]
struct Count {
    level: FindingLevel,
    code: String,
    findings: u64,
}

/// By level and code; the findings are in that order.
fn counts(found: &[Finding]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    for finding in found {
        match counts.last_mut() {
            Some(last) if last.code == finding.code && last.level == finding.level => {
                last.findings += 1;
            }
            _ => {
                let (level, code) = (finding.level, finding.code.clone());
                counts.push(Count { level, code, findings: 1 });
            }
        }
    }
    counts
}

fn draw(sheet: &mut Sheet, counts: &[Count], found: &[Finding], is_complete: bool) {
    if counts.is_empty() {
        return sheet.line("no findings");
    }
    sheet.table(
        &["level", "code", "findings"],
        counts.iter().map(|it| {
            let number = Cell::from(it.findings);
            vec![level(it.level), it.code.as_str().into(), number]
        }),
    );
    sheet.gap();
    sheet.table(
        &["place", "level", "code", "message"],
        found.iter().map(|it| {
            let place = place(&it.key, it.line);
            vec![
                Cell::from(place).whole(),
                level(it.level),
                it.code.as_str().into(),
                it.message.as_str().into(),
            ]
        }),
    );
    if !is_complete {
        let first = count(found.len() as u64);
        sheet.dim(&format!("the first {first}; --limit shows more, --code those of one code"));
    }
}

fn level(level: FindingLevel) -> Cell {
    let tone = match level {
        FindingLevel::Error => Tone::Bad,
        FindingLevel::Warning => Tone::Warn,
        FindingLevel::Info | FindingLevel::Off => Tone::Dim,
    };
    Cell::from(level.as_str()).tone(tone)
}

fn rules(configured: &Configured, output: &Output) -> Result<Exit, Failure> {
    let levels = configured.file.rules();
    let of = |rule: &crate::store::Rule| levels.get(rule.code).copied().unwrap_or(rule.level);
    let rules: Vec<_> = RULES
        .iter()
        .map(
            |rule| serde_json::json!({ "code": rule.code, "level": of(rule), "about": rule.about }),
        )
        .collect();
    output.show(&serde_json::json!({ "rules": rules }), |sheet| {
        let row =
            |rule: &crate::store::Rule| vec![rule.code.into(), level(of(rule)), rule.about.into()];
        sheet.table(&["code", "level", "finds"], RULES.iter().map(row));
    })?;
    Ok(Exit::Clean)
}
