//! `driftless remove`: takes a source or an entity out of the store.

use std::path::Path;

use clap::Args;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::output::{Output, plural};
use super::usual_config;
use crate::engine::{Engine, Removal};
use crate::store::{Reader, SourceRecord};

/// Removes a source or an entity from the store, with all that it states.
///
/// The source itself is neither asked nor changed: this is for what no configuration declares any
/// more. Many items go only with --approve-deletions.
#[derive(Debug, Args)]
pub(super) struct Remove {
    /// Its name, as `driftless status` shows it.
    source: String,
    /// Show what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Remove up to N items.
    #[arg(long, value_name = "N")]
    approve_deletions: Option<u64>,
}

impl Remove {
    pub(super) async fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let known = self.known(store)?;
        let removal = if self.dry_run {
            Removal::of(&known, self.approve_deletions)
        } else {
            let engine = Engine::open(store, usual_config()).await?;
            let removed = engine.remove(&known.name, self.approve_deletions).await;
            engine.close().await;
            removed.map_err(|error| {
                let mut failure = Failure::from(error);
                if failure.code == "deletions_withheld" {
                    failure.remedy = format!("if they are meant: `{}`", approved(store, &known));
                }
                failure
            })?
        };
        let answer = serde_json::json!({ "removal": removal, "dry_run": self.dry_run });
        output.show(&answer, |sheet| {
            let Removal { source, items, is_allowed } = &removal;
            let items = plural(*items, "item");
            if !self.dry_run {
                return sheet.line(&format!("removed {source}, {items}"));
            }
            sheet.line(&format!("would remove {source}, {items}"));
            if !is_allowed {
                sheet.copyable("so many take approval: ", &approved(store, &known).to_string());
            }
        })?;
        Ok(Exit::Clean)
    }

    fn known(&self, store: &Path) -> Result<SourceRecord, Failure> {
        let reader = Reader::open(store)?;
        if let Some(known) = reader.source(&self.source)? {
            return Ok(known);
        }
        let names: Vec<_> = reader.sources()?.into_iter().map(|source| source.name).collect();
        let remedy = match names.is_empty() {
            true => "it has none at all".to_owned(),
            false => format!("it has: {}", names.join(", ")),
        };
        Err(Failure::unknown(format!("the store has no source {}", self.source), remedy))
    }
}

fn approved(store: &Path, source: &SourceRecord) -> Command {
    let items = source.items.to_string();
    Command::on(store, &["remove", &source.name, "--approve-deletions", &items])
}
