//! `driftless explain`: all that is known of one item, and what would fix it.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::diagnostics::row;
use super::failure::{Exit, Failure};
use super::key;
use super::output::{Cell, Output, Sheet, Tone, count};
use super::present::{Present, differences, look};
use super::remembered::Remembered;
use super::time::{instant, now_ms};
use crate::item::SkipReason;
use crate::store::{DeadLetterFilter, ItemRecord, Reader, RejectedRecord};

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
    present: Present,
    /// In what the present version differs from the one the store decided on.
    differs_by: Vec<&'static str>,
    verdict: String,
    /// The command that would fix it; none if nothing is to be done, or a command cannot.
    fix: Option<String>,
}

impl Explain {
    pub(super) async fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        let records = key::find(&reader, &self.key, self.source.as_deref(), store)?;
        let mut items = Vec::new();
        for record in records {
            items.push(explained(&reader, record, store).await?);
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
) -> Result<Explained, Failure> {
    let gone = || Failure::unknown(format!("{} is gone", record.source), "run it again");
    let source = reader.source(&record.source)?.ok_or_else(gone)?;
    let remembered = Remembered::of(&source)?;
    let present = look(&record.key, &remembered).await;
    let of_item = DeadLetterFilter { cause_id: None, key: Some(record.key.clone()) };
    let letters = reader.dead_letters(&of_item, true, u32::MAX)?;
    let letter = letters.iter().find(|letter| letter.source == record.source);
    let differs_by = differences(&record, letter, &present);
    let withheld = reader.withheld(u32::MAX)?;
    let withheld = withheld.iter().filter(|(of, _)| *of == record.source).count();
    let weighing =
        Weighing { record: &record, differs_by: &differs_by, remembered, withheld, store };
    let (verdict, fix) = weighing.weigh(&present);
    let fix = fix.map(|command| command.to_string());
    Ok(Explained { source_version: source.version, record, present, differs_by, verdict, fix })
}

/// What is known of an item, to be weighed.
struct Weighing<'a> {
    record: &'a ItemRecord,
    differs_by: &'a [&'static str],
    remembered: Remembered,
    /// Deletions of its source that are withheld.
    withheld: usize,
    store: &'a Path,
}

impl Weighing<'_> {
    /// How the item stands, and the command that would change that for the better.
    fn weigh(&self, present: &Present) -> (String, Option<Command>) {
        let sync = || Some(self.remembered.sync_command(self.store));
        let record = self.record;
        match present {
            Present::Unknown { error } => (
                format!("its source cannot be read now: {}; {}", error.message, error.remedy),
                sync(),
            ),
            Present::Absent if record.is_deletion_candidate => {
                let number = self.withheld.to_string();
                let approved = sync().map(|it| it.with(&["--approve-deletions", &number]));
                (
                    "its source no longer has it; the deletion is withheld until it is approved"
                        .to_owned(),
                    approved,
                )
            }
            Present::Absent if record.outcome == "deleted" => {
                ("it was deleted: its source no longer has it".to_owned(), None)
            }
            Present::Absent if is_skip(record, SkipReason::NameNotUtf8) => {
                ("its name is not UTF-8: rename the file".to_owned(), sync())
            }
            Present::Absent => (
                "its source no longer has it, or leaves it out: the next sync deletes it"
                    .to_owned(),
                sync(),
            ),
            Present::Skipped { reason, detail, size_bytes } => {
                self.weigh_skip(*reason, detail, *size_bytes)
            }
            Present::Here { .. } if !self.differs_by.is_empty() => {
                (format!("its {} changed since", self.differs_by.join(" and ")), sync())
            }
            Present::Here { .. } => self.weigh_same(),
        }
    }

    /// An item whose present version is the one that was decided on.
    fn weigh_same(&self) -> (String, Option<Command>) {
        let record = self.record;
        let sync = || Some(self.remembered.sync_command(self.store));
        if let Some(rejected) = &record.rejected {
            return self.weigh_rejected(rejected);
        }
        match record.outcome.as_str() {
            "written" if record.is_deletion_candidate => {
                ("it is back since a listing lacked it".to_owned(), sync())
            }
            "written" => ("it is stored as its source has it".to_owned(), None),
            "deleted" => ("it is back since it was deleted".to_owned(), sync()),
            _ if record.fingerprint.is_some() => {
                let reason = record.skip_reason.as_deref().unwrap_or_default();
                (format!("it is left out: {}", why_skipped(reason)), None)
            }
            _ => ("what kept it out is over".to_owned(), sync()),
        }
    }

    fn weigh_rejected(&self, rejected: &RejectedRecord) -> (String, Option<Command>) {
        if let Some(reason) = &rejected.discard_reason {
            return (format!("it was given up, until it changes: {reason}"), None);
        }
        if rejected.stage == "parse" {
            let verdict = "this version cannot be used: correct the file, then sync";
            return (verdict.to_owned(), Some(self.remembered.sync_command(self.store)));
        }
        let retry = Command::on(self.store, &["dead-letters", "retry", "--key", &self.record.key]);
        ("it failed for a reason that may have passed: try it again".to_owned(), Some(retry))
    }

    fn weigh_skip(
        &self,
        reason: SkipReason,
        detail: &str,
        size_bytes: Option<u64>,
    ) -> (String, Option<Command>) {
        let sync = self.remembered.sync_command(self.store);
        match reason {
            SkipReason::TooLarge => {
                let bytes = size_bytes.unwrap_or(u64::MAX);
                let allowing = self.remembered.clone().allowing(bytes).sync_command(self.store);
                (format!("it is {detail}, the largest that is read"), Some(allowing))
            }
            SkipReason::Unreadable => {
                (format!("it cannot be read: {detail}; make it readable, then sync"), Some(sync))
            }
            SkipReason::Unstable => {
                ("it is being written: sync when that has ended".to_owned(), Some(sync))
            }
            _ => match self.record.skip_reason.as_deref() {
                Some(before) => (format!("it is left out: {}", why_skipped(before)), None),
                None => (format!("it is no longer a file: {detail}"), Some(sync)),
            },
        }
    }
}

fn is_skip(record: &ItemRecord, reason: SkipReason) -> bool {
    record.skip_reason.as_deref() == Some(reason.as_str())
}

/// What a person can make of a reason.
fn why_skipped(reason: &str) -> &'static str {
    match SkipReason::from_name(reason) {
        Some(SkipReason::NoMarkers) => {
            "it has no ontology block, no term properties and no `public:: true`"
        }
        Some(SkipReason::UnsupportedFormat) => "its format is known by name and not read yet",
        Some(SkipReason::TooLarge) => "it is larger than allowed",
        Some(SkipReason::Symlink | SkipReason::SymlinkOutside) => "links are not followed",
        Some(SkipReason::NotAFile) => "it is a socket, a pipe or a device",
        Some(SkipReason::NameNotUtf8) => "its name is not UTF-8",
        Some(SkipReason::Unreadable) => "it could not be read",
        Some(SkipReason::Unstable) => "it changed each time it was read",
        Some(SkipReason::Vanished) => "it was gone when it was to be read",
        Some(SkipReason::Discarded) => "it was given up",
        None => "of a reason that this program does not know",
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
            sheet.parts(&[(Tone::Dim, "  fix: "), (Tone::Plain, fix)]);
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
            ("decided", Cell::lines([instant(record.decided_at_ms, now_ms), place])),
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
            facts.push(("deletion", Cell::from("candidate: a listing lacked it").tone(Tone::Warn)));
        }
        sheet.pairs(facts);
    }

    fn draw_versions(&self, sheet: &mut Sheet) {
        let record = &self.record;
        let short = |text: String| text.chars().take(SHORT_DIGEST).collect::<String>();
        let stored = |text: Option<String>| Cell::from(text.map_or_else(|| "-".to_owned(), short));
        let now: [String; 5] = match &self.present {
            Present::Here {
                content_digest,
                size_bytes,
                parser_version,
                configuration_version,
                fingerprint,
            } => [
                short(content_digest.to_string()),
                count(*size_bytes),
                parser_version.to_string(),
                short(configuration_version.to_string()),
                short(fingerprint.to_string()),
            ],
            Present::Skipped { reason, .. } => {
                [reason.to_string(), "-".into(), "-".into(), "-".into(), "-".into()]
            }
            Present::Absent => ["absent", "-", "-", "-", "-"].map(str::to_owned),
            Present::Unknown { .. } => ["unknown", "-", "-", "-", "-"].map(str::to_owned),
        };
        let rows = [
            ("content", stored(record.content_digest.map(|it| it.to_string()))),
            ("bytes", stored(record.size_bytes.map(count))),
            ("parser", stored(record.parser_version.map(|it| it.to_string()))),
            ("configuration", stored(record.configuration_version.map(|it| it.to_string()))),
            ("fingerprint", stored(record.fingerprint.map(|it| it.to_string()))),
        ];
        sheet.heading("Version");
        sheet.table(
            &["", "stored", "now"],
            rows.into_iter().zip(now).map(|((name, then), now)| {
                let differs = self.differs_by.contains(&name);
                let tone = if differs { Tone::Warn } else { Tone::Plain };
                vec![Cell::from(name).tone(Tone::Dim), then, Cell::from(now).tone(tone)]
            }),
        );
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
