//! `driftless completions`: a completion script for a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::CommandLine;
use super::failure::{Exit, Failure};
use super::output::Output;

/// Prints a script for a shell to complete commands and flags by.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Which shell.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut CommandLine::command(), "driftless", &mut script);
        let script = String::from_utf8_lossy(&script);
        if output.is_json() {
            let answer = serde_json::json!({ "shell": self.shell.to_string(), "script": script });
            output.show(&answer, |_| ())?;
        } else {
            output.print(&script)?;
        }
        Ok(Exit::Clean)
    }
}
