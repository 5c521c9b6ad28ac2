//! The command line program: what can be said to it, and who answers.
//!
//! One file a verb. What goes wrong and what that ends with is in `failure`, what is printed
//! goes through `output`. Nothing in the library knows this module.

mod axioms;
mod check;
mod classes;
mod command;
mod completions;
mod dead_letters;
mod diagnostics;
mod discover;
mod explain;
mod export;
mod failure;
mod follow;
mod import_config;
mod import_legacy;
mod job_answer;
mod key;
mod nearest;
mod origin;
mod output;
mod planned;
mod present;
mod progress;
mod remembered;
mod remove;
mod report;
mod sarif;
mod schema;
mod search;
mod status;
mod sync;
mod time;
mod verdict;
mod watching;
mod whole_file;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

use crate::config::Config;
#[cfg(feature = "owl")]
use crate::isolation::Isolation;
use failure::{EXIT_CODES, Exit, Failure};
use origin::Configured;
use output::{ColorChoice, Output};

/// Where the store lies, if nothing else is said.
const DEFAULT_STORE: &str = "driftless.db";

/// What is logged without `-v`. How a job ended is told by the answer.
const QUIET_LOG: &str = "warn,driftless::engine::run=off";

/// Keeps a validated, searchable SQLite store true to its sources: ontology pages and OWL documents
/// in a directory or on GitHub, and rows of SQLite and PostgreSQL.
///
/// A sync can be stopped at any moment; the next one goes on where it stopped.
#[derive(Debug, Parser)]
#[command(name = "driftless", version, after_help = EXIT_CODES, max_term_width = 100)]
struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
struct Global {
    #[arg(long, global = true, value_name = "FILE", env = "DRIFTLESS_STORE", help = format!(
        "The store [default: that of the configuration, or {DEFAULT_STORE}]"))]
    store: Option<PathBuf>,
    /// The configuration [default: driftless.yaml, if there is one].
    #[arg(long, global = true, value_name = "FILE", env = "DRIFTLESS_CONFIG")]
    config: Option<PathBuf>,
    /// Answer with one JSON object on standard output.
    #[arg(long, global = true)]
    json: bool,
    /// When to use colour.
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: ColorChoice,
    /// Log more on standard error: -v what is done, -vv every step. RUST_LOG says it exactly.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
    /// How log lines look.
    #[arg(long, global = true, value_name = "FORMAT", value_enum, default_value_t)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum LogFormat {
    #[default]
    Text,
    Json,
}

/// What each does is said where it is.
#[derive(Debug, Subcommand)]
enum Verb {
    Sync(Box<sync::Sync>),
    Search(search::Search),
    Status(status::Status),
    DeadLetters(dead_letters::DeadLetters),
    Diagnostics(diagnostics::Diagnostics),
    Classes(classes::Classes),
    Axioms(axioms::Axioms),
    Uses(axioms::Uses),
    Export(export::Export),
    Report(report::Report),
    Remove(remove::Remove),
    Check(check::Check),
    Explain(explain::Explain),
    Discover(discover::Discover),
    Schema(schema::Schema),
    ImportConfig(import_config::ImportConfig),
    ImportLegacy(import_legacy::ImportLegacy),
    Completions(completions::Completions),
    /// Parse documents for another driftless, which has this process at its pipes.
    #[cfg(feature = "owl")]
    #[command(hide = true, name = TRANSLATE)]
    Translate,
}

/// The verb by which the program calls itself, see [`isolation`](crate::isolation).
#[cfg(feature = "owl")]
const TRANSLATE: &str = "translate-owl";

/// Does what the command line says; gives what the program ends with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let exit = match CommandLine::try_parse_from(&arguments) {
        Ok(line) => obey(line),
        Err(error) => misunderstood(&error, &arguments),
    };
    exit.into()
}

fn obey(line: CommandLine) -> Exit {
    // Before anything else takes memory, which is limited there.
    #[cfg(feature = "owl")]
    if matches!(line.verb, Verb::Translate) {
        return crate::isolation::serve().map_or(Exit::Failed, |()| Exit::Clean);
    }
    let output = Output::new(line.global.json, line.global.color);
    start_log(&line.global, &output);
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::system("the runtime did not start", &error);
            output.fail(&failure);
            return failure.exit;
        }
    };
    let answered = runtime.block_on(answer(line, &output));
    // A parse that never returns was left behind and must not keep the program.
    runtime.shutdown_background();
    answered.unwrap_or_else(|failure| {
        output.fail(&failure);
        failure.exit
    })
}

async fn answer(line: CommandLine, output: &Output) -> Result<Exit, Failure> {
    // These help to write a configuration, also while the present one is wrong.
    let is_apart =
        matches!(line.verb, Verb::Schema(_) | Verb::ImportConfig(_) | Verb::Completions(_));
    let configured = match is_apart {
        true => Configured::default(),
        false => Configured::read(line.global.config.as_deref())?,
    };
    let store = line.global.store.or_else(|| configured.file.store.clone());
    let store = &store.unwrap_or_else(|| DEFAULT_STORE.into());
    let answered = match line.verb {
        Verb::Sync(sync) => sync.run(store, &configured, output).await,
        Verb::Search(search) => search.run(store, output),
        Verb::Status(status) => status.run(store, &configured, output),
        Verb::DeadLetters(dead_letters) => dead_letters.run(store, &configured, output).await,
        Verb::Diagnostics(diagnostics) => diagnostics.run(store, output),
        Verb::Classes(classes) => classes.run(store, output),
        Verb::Axioms(axioms) => axioms.run(store, output),
        Verb::Uses(uses) => uses.run(store, output),
        Verb::Export(export) => export.run(store, output),
        Verb::Report(report) => report.run(store, &configured, output),
        Verb::Explain(explain) => explain.run(store, &configured, output).await,
        Verb::Remove(remove) => remove.run(store, output).await,
        Verb::Check(check) => check.run(store, output).await,
        Verb::Discover(discover) => discover.run(&configured, output).await,
        Verb::Schema(schema) => schema.run(output),
        Verb::ImportConfig(import) => import.run(output),
        Verb::ImportLegacy(import) => import.run(store, output).await,
        Verb::Completions(completions) => completions.run(output),
        #[cfg(feature = "owl")]
        Verb::Translate => unreachable!("answered before"),
    };
    answered.map_err(|failure| failure.on(store))
}

/// How an engine works where nothing else is asked for: foreign parsers run in processes of
/// their own, which are this program again.
fn usual_config() -> Config {
    #[cfg(feature = "owl")]
    if let Ok(program) = std::env::current_exe() {
        let arguments = vec![TRANSLATE.to_owned()];
        let isolation = Isolation::Process { program, arguments };
        return Config { isolation, ..Config::default() };
    }
    Config::default()
}

/// Help and versions are answers; anything else is a mistake, told as the mistakes of verbs
/// are where a program reads.
fn misunderstood(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let is_mistake = error.use_stderr();
    if is_mistake && arguments.iter().any(|argument| argument == "--json") {
        let message = error.render().to_string();
        let message = message.trim().trim_start_matches("error: ");
        Output::new(true, ColorChoice::Never).fail(&Failure::usage(message.to_owned()));
    } else {
        output::print_help(error);
    }
    if is_mistake { Exit::Failed } else { Exit::Clean }
}

fn start_log(global: &Global, output: &Output) {
    let wanted = match global.verbose {
        0 => QUIET_LOG,
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(wanted));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(output.log())
        .with_ansi(false)
        .with_target(global.verbose > 0);
    // Whoever embeds this has a log of its own, which is left alone.
    let _ = match global.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}

/// Threads that may block: one reads the source, one the store. Each keeps the memory that its
/// largest item took.
const BLOCKING_THREADS: usize = 2;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.max_blocking_threads(BLOCKING_THREADS).enable_all().build()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        CommandLine::command().debug_assert();
    }
}
