//! Why a verb did not do what was asked, and the program's exit codes.
//!
//! Every code that the program ends with and every error that it prints is made here.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use serde::Serialize;

use super::command::on_store;
use crate::engine::{EngineError, Report, Severity};
use crate::job::JobState;
use crate::source::SourceError;
use crate::store::StoreError;

/// What the program ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// Done, and nothing needs attention.
    Clean = 0,
    /// Done, and something needs attention.
    Attention = 1,
    /// It failed or was stopped; what was done before is kept. Also a command line that is
    /// not understood.
    Failed = 2,
    /// It was refused, and nothing was done.
    Refused = 3,
}

/// The exit codes, for the help.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0  done, and nothing needs attention
  1  done, and something needs attention
  2  failed or stopped, what was done is kept; or the command line is not understood
  3  refused, nothing was done";

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// What a job that came to rest ends the program with.
    pub(super) fn of(report: &Report) -> Self {
        match report.state {
            _ if report.is_clean() => Self::Clean,
            JobState::Completed | JobState::CompletedWithErrors => Self::Attention,
            _ => Self::Failed,
        }
    }

    /// Whether something needs attention, where nothing failed.
    pub(super) fn attention(is_needed: bool) -> Self {
        if is_needed { Self::Attention } else { Self::Clean }
    }
}

/// An error as it is printed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Failure {
    /// The stable word for it.
    pub(super) code: String,
    /// What happened.
    pub(super) message: String,
    /// What to do about it.
    pub(super) remedy: String,
    #[serde(skip)]
    pub(super) exit: Exit,
}

impl Failure {
    /// Nothing was done, for a reason that the user can change.
    pub(super) fn refused(
        code: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let (message, remedy) = (message.into(), remedy.into());
        Self { code: code.to_owned(), message, remedy, exit: Exit::Refused }
    }

    /// Something that is not in the store.
    pub(super) fn unknown(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::refused("unknown_name", message, remedy)
    }

    /// The command line is not understood.
    pub(super) fn usage(message: String) -> Self {
        let remedy = "see `driftless help`".to_owned();
        Self { code: "usage".to_owned(), message, remedy, exit: Exit::Failed }
    }

    /// Standard output does not take the answer.
    pub(super) fn output(error: &io::Error) -> Self {
        Self::failed(
            "output_failed",
            format!("the answer could not be printed: {error}"),
            "check where standard output leads",
        )
    }

    /// A file that was asked for could not be written.
    pub(super) fn receipt(path: &Path, error: &io::Error) -> Self {
        Self::failed(
            "receipt_failed",
            format!("the receipt {} was not written: {error}", path.display()),
            "the sync itself is done; give --receipt a place that can be written and run again",
        )
    }

    /// The program could not start or stop as it should.
    pub(super) fn system(what: &str, error: &io::Error) -> Self {
        Self::failed("system_failed", format!("{what}: {error}"), "free resources, then run again")
    }

    /// Why a job came to rest before its end, if it did.
    pub(super) fn stopped(report: &Report) -> Option<Self> {
        let stopped = matches!(report.state, JobState::Paused | JobState::Cancelled);
        let why = report.attention.first().filter(|_| stopped)?;
        let (code, message, remedy) = (&why.code, &why.message, why.remedy.as_str());
        let message = format!("job {} is {}: {message}", report.job, report.state);
        Some(Self::failed(code, message, remedy))
    }

    /// The same with the store named in what to do.
    pub(super) fn on(self, store: &Path) -> Self {
        Self { remedy: on_store(store, &self.remedy), ..self }
    }

    fn failed(code: &str, message: String, remedy: &str) -> Self {
        Self { code: code.to_owned(), message, remedy: remedy.to_owned(), exit: Exit::Failed }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let exit = match error.severity() {
            Severity::Failed => Exit::Failed,
            Severity::Refused => Exit::Refused,
        };
        let (code, remedy) = (error.code().to_owned(), error.remedy());
        Self { code, message: error.to_string(), remedy, exit }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        EngineError::from(error).into()
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        EngineError::from(error).into()
    }
}
