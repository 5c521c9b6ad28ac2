//! `driftless export`: what a source states, as one OWL document.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf, absolute};

use clap::{Args, ValueEnum};

use super::command::Command;
use super::failure::{Exit, Failure};
use super::output::{Output, plural};
use super::whole_file;
#[cfg(feature = "owl")]
use crate::engine::export_turtle;
use crate::engine::{ExportCounts, ExportError, export_functional};
use crate::store::{Reader, SourceRecord};

/// Writes what a source states as one OWL document, each statement once.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The name of the source, or the directory that it is; not needed where there is one only.
    source: Option<String>,
    /// The syntax.
    #[arg(long, value_name = "SYNTAX", value_enum, default_value_t)]
    format: Format,
    /// The file [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// OWL 2 functional syntax.
    #[default]
    Functional,
    /// Turtle, by OWL 2's mapping to RDF.
    #[cfg(feature = "owl")]
    Turtle,
}

impl Export {
    pub(super) fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        if output.is_json() && self.output.is_none() {
            let message = "with --json, --output says where the document goes";
            return Err(Failure::usage(message.to_owned()));
        }
        let reader = Reader::open(store)?;
        let source = named(&reader, self.source.as_deref(), store)?;
        let counts = match &self.output {
            Some(path) => {
                let failed = |e: io::Error| {
                    Failure::system(&format!("{} was not written", path.display()), &e)
                };
                let written = whole_file::write(path, |file| {
                    let mut out = BufWriter::new(file);
                    let counts = self.write(&reader, &source, &mut out)?;
                    out.flush()?;
                    Ok(counts)
                });
                match written {
                    Err(ExportError::Write(e)) => return Err(failed(e)),
                    counts => counts,
                }
            }
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                let counts = self.write(&reader, &source, &mut out);
                out.flush().map_err(|e| Failure::output(&e))?;
                counts
            }
        };
        let ExportCounts { statements, untyped, altered } = match counts {
            Ok(counts) => counts,
            // Whoever read has seen enough.
            Err(ExportError::Write(e)) if e.kind() == io::ErrorKind::BrokenPipe => {
                return Ok(Exit::Clean);
            }
            Err(ExportError::Write(e)) => return Err(Failure::output(&e)),
            Err(ExportError::Store(e)) => return Err(e.into()),
        };
        if output.is_json() {
            output.print_json(&serde_json::json!({
                "source": source.name, "output": self.output, "statements": statements,
                "untyped": untyped, "altered": altered,
            }))?;
            return Ok(Exit::attention(untyped + altered > 0));
        }
        output.note(&format!("{} of {}", plural(statements, "statement"), source.name));
        if untyped > 0 {
            let untyped = plural(untyped, "statement");
            let instead = match self.format {
                Format::Functional => "stand in comments",
                #[cfg(feature = "owl")]
                Format::Turtle => "are left out",
            };
            output.note(&format!("{untyped} without a type {instead}"));
        }
        if altered > 0 {
            let names = plural(altered, "name");
            output.note(&format!("{names} that RDF cannot hold: written in another way"));
        }
        Ok(Exit::attention(untyped + altered > 0))
    }

    fn write(
        &self,
        reader: &Reader,
        source: &SourceRecord,
        out: &mut impl Write,
    ) -> Result<ExportCounts, ExportError> {
        match self.format {
            Format::Functional => export_functional(reader, source.id, out),
            #[cfg(feature = "owl")]
            Format::Turtle => export_turtle(reader, source.id, out),
        }
    }
}

/// The source that is meant: by its name, by the directory that it is, or the only one.
fn named(reader: &Reader, wanted: Option<&str>, store: &Path) -> Result<SourceRecord, Failure> {
    let sources = reader.sources()?;
    let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
    let found = match wanted {
        None if sources.len() == 1 => sources.into_iter().next(),
        None => None,
        Some(wanted) => {
            let path = absolute(wanted).ok().and_then(|it| it.canonicalize().ok());
            let directory = path.map(|path| format!("directory:{}", path.display()));
            sources.into_iter().find(|it| it.name == wanted || Some(&it.name) == directory.as_ref())
        }
    };
    found.ok_or_else(|| {
        let message = match wanted {
            Some(wanted) => format!("there is no source named {wanted}"),
            None => "say which source is meant".to_owned(),
        };
        let remedy = match names.as_slice() {
            [] => format!("sync one first: see `{}`", Command::on(store, &["sync", "--help"])),
            names => format!("there are: {}", names.join(", ")),
        };
        Failure::unknown(message, remedy)
    })
}
