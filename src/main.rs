//! The command line program: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    driftless::cli::run(std::env::args_os())
}
