//! `driftless explain`: all that is known of one item, and what would fix it.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::diagnostics::row;
use super::failure::{Exit, Failure};
use super::import_legacy;
use super::key;
use super::origin::Configured;
use super::output::{Cell, Output, Sheet, Tone, count};
use super::present::{Present, differences, look};
use super::remembered::Remembered;
use super::time::{instant, now_ms};
use super::verdict::{Verdict, Weighing};
use crate::fingerprint::Digest;
use crate::store::{DeadLetterFilter, ItemRecord, Reader, RejectedRecord, SourceRecord};

/// Digits of a digest that tell two versions apart for a person.
const SHORT_DIGEST: usize = 16;

/// Tells all that is known of one item: what the store has, what its source has now, why it
/// is as it is, and the command that would fix it.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The item's key, or a path to the file.
    key: String,
    /// The name of its source, where several have the key.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// An item with its present version and what follows.
#[derive(Debug, Serialize)]
struct Explained {
    #[serde(flatten)]
    record: ItemRecord,
    source_version: Option<String>,
    /// BLAKE3 of the rejected content, if it could be read.
    rejected_content_digest: Option<Digest>,
    present: Present,
    /// In what the present version differs from the one the store decided on.
    differs_by: Vec<&'static str>,
    verdict: String,
    /// The command that would fix it; none if nothing is to be done, or a command cannot.
    fix: Option<String>,
}

impl Explain {
    pub(super) async fn run(
        self,
        store: &Path,
        configured: &Configured,
        output: &Output,
    ) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        let records = key::find(&reader, &self.key, self.source.as_deref(), store)?;
        let mut items = Vec::new();
        for record in records {
            items.push(explained(&reader, record, store, configured).await?);
        }
        output.show(&serde_json::json!({ "items": items }), |sheet| {
            for item in &items {
                sheet.gap();
                item.draw(sheet, now_ms());
            }
        })?;
        Ok(Exit::Clean)
    }
}

async fn explained(
    reader: &Reader,
    record: ItemRecord,
    store: &Path,
    configured: &Configured,
) -> Result<Explained, Failure> {
    let gone = || Failure::unknown(format!("{} is gone", record.source), "run it again");
    let source = reader.source(&record.source)?.ok_or_else(gone)?;
    if let Some(again) = import_legacy::again(&source, store) {
        return Ok(imported(record, source, again));
    }
    let remembered = Remembered::of(&source)?;
    let wait = reader.pause_left(source.id, now_ms())?;
    let present = look(&record.key, &remembered, configured, wait).await;
    let of_item = DeadLetterFilter { cause_id: None, key: Some(record.key.clone()) };
    let letters = reader.dead_letters(&of_item, true, u32::MAX)?;
    let letter = letters.iter().find(|letter| letter.source == record.source);
    let differs_by = differences(&record, letter, &present);
    let withheld = reader.withheld(u32::MAX)?;
    let withheld = withheld.iter().filter(|(of, _)| *of == record.source).count();
    let weighing = Weighing {
        record: &record,
        present: &present,
        differs_by: &differs_by,
        remembered: &remembered,
        withheld,
        store,
    };
    let Verdict { text, fix } = weighing.weigh();
    Ok(Explained {
        source_version: source.version,
        rejected_content_digest: letter.and_then(|letter| letter.content_digest),
        record,
        present,
        differs_by,
        verdict: text,
        fix: fix.map(|command| command.to_string()),
    })
}

/// An item of an old database, which is looked at as a whole or not at all.
fn imported(record: ItemRecord, source: SourceRecord, again: Command) -> Explained {
    let message = "an old database is looked at as a whole";
    let error = Failure::refused("not_looked_at", message, format!("`{again}` looks at all of it"));
    let verdict = match record.outcome.as_str() {
        "deleted" => "it was deleted: the old database no longer had it, or the import was undone",
        _ => "it is stored as the old database had it when that was imported last",
    };
    Explained {
        source_version: source.version,
        rejected_content_digest: None,
        record,
        present: Present::Unknown { error },
        differs_by: Vec::new(),
        verdict: verdict.to_owned(),
        fix: None,
    }
}

impl Explained {
    fn draw(&self, sheet: &mut Sheet, now_ms: i64) {
        let record = &self.record;
        let tone = match record.outcome.as_str() {
            "written" => Tone::Good,
            "rejected" => Tone::Bad,
            _ => Tone::Warn,
        };
        let outcome = match &record.skip_reason {
            Some(reason) => format!("{} ({reason})", record.outcome),
            None => record.outcome.clone(),
        };
        sheet.parts(&[(Tone::Strong, &record.key), (Tone::Plain, "  "), (tone, &outcome)]);
        sheet.line(&self.verdict);
        if let Some(fix) = &self.fix {
            sheet.copyable("  fix: ", fix);
        }
        sheet.gap();
        self.draw_facts(sheet, now_ms);
        self.draw_versions(sheet);
        if let Some(rejected) = &record.rejected {
            draw_rejection(sheet, rejected, now_ms);
        }
        self.draw_classes(sheet);
        if record.rows.iter().any(|(_, rows)| *rows > 0) {
            sheet.heading("Rows it owns");
            let rows = record.rows.iter().map(|(table, rows)| format!("{table} {}", count(*rows)));
            sheet.line(&format!("  {}", rows.collect::<Vec<_>>().join(", ")));
        }
        if !record.diagnostics.is_empty() {
            sheet.heading("Diagnostics");
            sheet.table(&["place", "level", "code", "message"], record.diagnostics.iter().map(row));
        }
    }

    fn draw_facts(&self, sheet: &mut Sheet, now_ms: i64) {
        let record = &self.record;
        let place =
            format!("job {}, attempt {}, place {}", record.job, record.attempt, record.sequence);
        let mut facts = vec![
            ("source", Cell::from(record.source.as_str())),
            ("decided", Cell::lines([instant(record.decided_at_ms, now_ms), place]).whole()),
        ];
        if let Some(version) = &self.source_version {
            facts.insert(1, ("version", version.as_str().into()));
        }
        if let Some(at_ms) = record.written_at_ms {
            facts.push(("written", instant(at_ms, now_ms).into()));
        }
        if let Some(detail) = record.detail.as_deref().filter(|detail| !detail.is_empty()) {
            facts.push(("seen", detail.into()));
        }
        if record.is_deletion_candidate {
            let why = match record.outcome.as_str() {
                "skipped" => "candidate: it states nothing any more",
                _ => "candidate: a listing lacked it",
            };
            facts.push(("deletion", Cell::from(why).tone(Tone::Warn)));
        }
        sheet.pairs(facts);
    }

    fn draw_versions(&self, sheet: &mut Sheet) {
        const PARTS: [&str; 5] = ["content", "bytes", "parser", "configuration", "fingerprint"];
        let mut header = vec!["", "stored"];
        let mut columns = vec![self.stored_version()];
        if let Some(rejected) = &self.record.rejected {
            header.push("rejected");
            let content = self.rejected_content_digest.as_ref().map(short);
            columns.push([content, None, None, None, rejected.fingerprint.as_ref().map(short)]);
        }
        header.push("now");
        columns.push(self.present_version());
        sheet.heading("Version");
        sheet.table(
            &header,
            PARTS.into_iter().enumerate().map(|(at, part)| {
                let differs = self.differs_by.contains(&part);
                let tone = if differs { Tone::Warn } else { Tone::Plain };
                let cell = |column: &[Option<String>; 5]| {
                    Cell::from(column[at].as_deref().unwrap_or("-")).tone(tone)
                };
                let name = Cell::from(part).tone(Tone::Dim);
                std::iter::once(name).chain(columns.iter().map(cell)).collect()
            }),
        );
    }

    fn stored_version(&self) -> [Option<String>; 5] {
        let record = &self.record;
        [
            record.content_digest.as_ref().map(short),
            record.size_bytes.map(count),
            record.parser_version.map(|version| version.to_string()),
            record.configuration_version.as_ref().map(short),
            record.fingerprint.as_ref().map(short),
        ]
    }

    fn present_version(&self) -> [Option<String>; 5] {
        let without = |word: &str| [Some(word.to_owned()), None, None, None, None];
        match &self.present {
            Present::Here {
                content_digest,
                size_bytes,
                parser_version,
                configuration_version,
                fingerprint,
            } => [
                Some(short(content_digest)),
                Some(count(*size_bytes)),
                Some(parser_version.to_string()),
                Some(short(configuration_version)),
                Some(short(fingerprint)),
            ],
            Present::Skipped { reason, .. } => without(reason.as_str()),
            Present::Absent => without("absent"),
            Present::Unknown { .. } => without("unknown"),
        }
    }

    fn draw_classes(&self, sheet: &mut Sheet) {
        if self.record.classes.is_empty() {
            return;
        }
        sheet.heading("Classes it claims");
        sheet.plain_table(self.record.classes.iter().map(|(class, is_shown)| {
            let shown = match (&class.source_file, is_shown) {
                (_, true) => Cell::from("shown").tone(Tone::Good),
                (Some(file), false) => Cell::from(format!("{file} is shown")).tone(Tone::Dim),
                (None, false) => Cell::from(""),
            };
            vec![class.label.as_str().into(), class.class_iri.as_str().into(), shown]
        }));
    }
}

fn short(digest: &Digest) -> String {
    digest.to_string().chars().take(SHORT_DIGEST).collect()
}

fn draw_rejection(sheet: &mut Sheet, rejected: &RejectedRecord, now_ms: i64) {
    sheet.heading("Rejection");
    let tries = count(u64::from(rejected.attempts));
    let mut rows = vec![
        ("reason", Cell::from(rejected.message.as_str())),
        ("code", format!("{} {}", rejected.stage, rejected.code).into()),
        ("group", rejected.cause_id.as_str().into()),
        ("tries", tries.into()),
        ("first", instant(rejected.first_at_ms, now_ms).into()),
        ("last", instant(rejected.last_at_ms, now_ms).into()),
    ];
    if let Some(reason) = &rejected.discard_reason {
        rows.push(("given up", reason.as_str().into()));
    }
    sheet.pairs(rows);
}
