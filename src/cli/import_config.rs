//! `driftless import-config`: another product's configuration as a `driftless.yaml`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::{Exit, Failure};
use super::output::Output;
use crate::config::{Imported, import};

/// Prints the driftless.yaml that says what an ai-entity-config.yml says.
///
/// What is not used of that file, and what it does not say, is told on standard error.
#[derive(Debug, Args)]
pub(super) struct ImportConfig {
    /// The file.
    file: PathBuf,
    /// What the database is called in the new file.
    #[arg(long, value_name = "NAME", default_value = "database")]
    source: String,
}

impl ImportConfig {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let file = self.file.display();
        let bad = |reason: String| {
            let message = format!("{file} cannot be imported: {reason}");
            Failure::refused("bad_import", message, "give the path of an ai-entity-config.yml")
        };
        let text = std::fs::read_to_string(&self.file).map_err(|error| bad(error.to_string()))?;
        let imported = import(&text, &self.source).map_err(bad)?;
        let Imported { yaml, entities, unused, changed, remaining } = &imported;
        if output.is_json() {
            let answer = json!({
                "yaml": yaml,
                "entities": entities,
                "unused": unused,
                "changed": changed,
                "remaining": remaining,
            });
            output.show(&answer, |_| ())?;
            return Ok(Exit::Clean);
        }
        output.print(yaml)?;
        for (heading, lines) in
            [("not used:", unused), ("changed:", changed), ("still to be said:", remaining)]
        {
            if !lines.is_empty() {
                output.note(heading);
                lines.iter().for_each(|line| output.note(&format!("  {line}")));
            }
        }
        Ok(Exit::Clean)
    }
}
