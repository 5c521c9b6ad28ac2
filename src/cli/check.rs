//! `driftless check`: looks whether the store is whole.

use std::path::Path;

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::{Output, count};
use super::usual_config;
use crate::engine::{Engine, EngineError, remedy};

/// Findings that a person is shown.
const LINES: usize = 20;

/// Looks whether the store is whole: its file by SQLite's own check, the index of words against
/// the texts, foreign keys, and what must be true of every store.
///
/// Reads all of it, and changes nothing. Ends with 1 if something is wrong.
#[derive(Debug, Args)]
pub(super) struct Check {}

impl Check {
    pub(super) async fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        if !store.exists() {
            return Err(crate::store::StoreError::Missing { path: store.to_owned() }.into());
        }
        let found = match findings(store).await {
            Ok(found) => found,
            Err(error) if error.code() == "store_damaged" => vec![error.to_string()],
            Err(error) => return Err(error.into()),
        };
        let answer = serde_json::json!({
            "store": store.to_string_lossy(),
            "is_whole": found.is_empty(),
            "findings": found,
        });
        output.show(&answer, |sheet| {
            if found.is_empty() {
                return sheet.line("the store is whole");
            }
            for line in found.iter().take(LINES) {
                sheet.line(line);
            }
            if found.len() > LINES {
                sheet.dim(&format!("and {} more", count((found.len() - LINES) as u64)));
            }
            sheet.copyable("help: ", remedy("store_damaged"));
        })?;
        Ok(Exit::attention(!found.is_empty()))
    }
}

async fn findings(store: &Path) -> Result<Vec<String>, EngineError> {
    let engine = Engine::open(store, usual_config()).await?;
    let found = engine.violations().await;
    engine.close().await;
    found
}
