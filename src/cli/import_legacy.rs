//! `driftless import-legacy`: an old database of VisionFlow, brought into the store.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::output::{Cell, Output, Sheet, Tone, count, plural};
use super::progress::outcomes;
use super::usual_config;
use crate::config::{Config, ONTOLOGY_ID};
use crate::engine::{Engine, LEGACY, LegacyOptions, LegacyReport};
use crate::store::SourceRecord;

/// Rows and tables that a person is shown; JSON has more.
const LINES: usize = 10;

/// Takes over an old database of VisionFlow, in one transaction.
///
/// The old database is only read. Run again, it writes what has changed and deletes what is
/// gone. Ends with 1 if something of it could not be taken over.
#[derive(Debug, Args)]
pub(super) struct ImportLegacy {
    /// The old database.
    #[arg(value_name = "OLD.db")]
    old: PathBuf,
    /// The store [default: that of --store].
    #[arg(long, value_name = "STORE")]
    into: Option<PathBuf>,
    /// Take back all that an earlier import of this database has brought.
    #[arg(long)]
    undo: bool,
    /// Tell what would be done, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The scope of the identifiers of rows that name no ontology.
    #[arg(long, value_name = "ID", default_value = ONTOLOGY_ID,
        value_parser = clap::builder::NonEmptyStringValueParser::new())]
    ontology: String,
}

impl ImportLegacy {
    pub(super) async fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let store = self.into.as_deref().unwrap_or(store);
        if self.undo && !store.exists() {
            let message = format!("there is no store at {}", store.display());
            return Err(Failure::unknown(message, "give the path of the store with --into"));
        }
        let report = if self.dry_run && !store.exists() {
            let trial = Trial::beside(store)?;
            self.import(&trial.0.join("store.db")).await?
        } else {
            self.import(store).await?
        };
        output.show(&report, |sheet| draw(sheet, &report, store, &self.old))?;
        Ok(Exit::attention(!report.is_whole()))
    }

    async fn import(&self, store: &Path) -> Result<LegacyReport, Failure> {
        let config = Config { ontology_id: self.ontology.clone(), ..usual_config() };
        let engine = Engine::open(store, config).await?;
        let options = LegacyOptions { dry_run: self.dry_run, undo: self.undo };
        let report = engine.import_legacy(&self.old, options).await;
        engine.close().await;
        Ok(report?)
    }
}

/// The command that imports a source again, if that is an old database.
pub(super) fn again(source: &SourceRecord, store: &Path) -> Option<Command> {
    let settings: serde_json::Value = serde_json::from_str(&source.settings).ok()?;
    let path = settings.get("path").filter(|_| source.kind == LEGACY)?.as_str()?;
    Some(Command::new(&["import-legacy", path, "--into", &store.to_string_lossy()]))
}

/// A folder for a store that nobody is to find afterwards.
struct Trial(PathBuf);

impl Trial {
    fn beside(store: &Path) -> Result<Self, Failure> {
        let mut folder = store.as_os_str().to_owned();
        folder.push(format!(".trial-{}", std::process::id()));
        let failed = |e: std::io::Error| Failure::system("a trial could not be begun", &e);
        fs::create_dir(&folder).map_err(failed)?;
        Ok(Self(folder.into()))
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, folder = %self.0.display(), "a trial was not removed");
        }
    }
}

fn draw(sheet: &mut Sheet, report: &LegacyReport, store: &Path, old: &Path) {
    let done = match (report.undo, report.dry_run) {
        (false, false) => "Imported",
        (true, false) => "Taken back",
        (_, true) => "Dry run",
    };
    let shape = report.shape.map_or(String::new(), |it| format!(", of the shape {}", it.as_str()));
    sheet.parts(&[(Tone::Good, done), (Tone::Plain, ": "), (Tone::Strong, &report.source)]);
    sheet.line(&format!("{}{shape}", plural(report.counters.listed, "item")));
    if report.dry_run {
        sheet.dim("nothing was written");
    }
    if !report.tables.is_empty() {
        sheet.heading("Rows of the old database");
        let header = ["table", "rows", "taken over", "stubs", "duplicates", "not representable"];
        sheet.table(
            &header,
            report.tables.iter().map(|it| {
                let lost = Cell::from(it.unrepresentable);
                let lost = if it.unrepresentable > 0 { lost.tone(Tone::Warn) } else { lost };
                vec![
                    it.table.as_str().into(),
                    it.rows.into(),
                    it.taken_over.into(),
                    it.stubs.into(),
                    it.duplicates.into(),
                    lost,
                ]
            }),
        );
    }
    draw_left(sheet, report);
    let counters = &report.counters;
    sheet.heading("Items");
    sheet.line(&format!("  {}", outcomes(counters, ", ")));
    if counters.deleted > 0 {
        sheet.line(&format!("  {} deleted", count(counters.deleted)));
    }
    sheet.heading("The store now");
    let totals = &report.totals;
    sheet.pairs([
        ("classes", totals.classes.into()),
        ("stubs", totals.stubs.into()),
        ("parents", totals.parents.into()),
        ("properties", totals.properties.into()),
        ("axioms", totals.axioms.into()),
        ("without a type", totals.untyped.into()),
        ("nodes", totals.nodes.into()),
        ("edges", totals.edges.into()),
    ]);
    if !report.undo && !report.dry_run {
        sheet.gap();
        let old = old.to_string_lossy();
        let undo = Command::new(&["import-legacy", &old, "--undo"]);
        let undo = undo.with(&["--into", &store.to_string_lossy()]);
        sheet.copyable("to take it back: ", &undo.to_string());
    }
}

/// What stays where it is.
fn draw_left(sheet: &mut Sheet, report: &LegacyReport) {
    if !report.unrepresentable.is_empty() {
        sheet.heading("Rows that nothing could be made of");
        let rows =
            report.unrepresentable.iter().take(LINES).map(|it| {
                vec![Cell::from(format!("{}, row {}", it.table, it.row)), it.reason.into()]
            });
        sheet.plain_table(rows);
    }
    if !report.left_tables.is_empty() {
        sheet.heading("Tables that are of no kind known here");
        sheet.plain_table(report.left_tables.iter().map(|it| {
            let columns = Cell::from(it.columns.join(", ")).tone(Tone::Dim);
            vec![it.table.as_str().into(), plural(it.rows, "row").into(), columns]
        }));
    }
    if !report.left_columns.is_empty() {
        sheet.line(&format!(
            "Not kept, for they name a row to nobody: {}",
            report.left_columns.join(", ")
        ));
    }
}
