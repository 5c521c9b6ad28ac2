//! `driftless schema`: the JSON Schema of `driftless.yaml`.

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::Output;
use crate::config::File;

/// Prints the JSON Schema of driftless.yaml, for editors and for programs that write it.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        output.print_json(&File::schema())?;
        Ok(Exit::Clean)
    }
}
