//! Export: a source's statements as one OWL document.

use std::io::{self, Write};

#[cfg(feature = "owl")]
use crate::parse::owl::TurtleWriter;
use crate::store::{Exported, Reader, StoreError};

/// What an export was, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ExportCounts {
    /// Declarations, axioms, annotations and imports.
    pub statements: u64,
    /// Statements without a type that the syntax cannot say: they stand in comments, or are left
    /// out where it has none.
    pub untyped: u64,
    /// Names that the syntax cannot hold and that were written in another way.
    pub altered: u64,
}

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error("the export could not be written")]
    Write(#[from] io::Error),
}

/// Writes what a source states as a document in OWL 2 functional syntax. Statements come in an
/// order that their content gives: equal stores give equal documents.
///
/// # Errors
///
/// [`ExportError`] if the store cannot be read or `out` not be written.
pub fn export_functional(
    reader: &Reader,
    source_id: i64,
    out: &mut impl Write,
) -> Result<ExportCounts, ExportError> {
    let mut counts = ExportCounts::default();
    let head = reader.export_head(source_id)?;
    for (name, namespace) in head.prefixes.iter() {
        writeln!(out, "Prefix({name}:=<{namespace}>)")?;
    }
    write!(out, "Ontology(")?;
    for iri in head.iri.iter().chain(&head.version_iri) {
        write!(out, "<{iri}> ")?;
    }
    writeln!(out)?;
    reader.export(source_id, |exported| -> Result<(), ExportError> {
        match exported {
            Exported::Statement(text) => {
                counts.statements += 1;
                writeln!(out, "{text}")?;
            }
            Exported::Untyped(text) => {
                counts.untyped += 1;
                // A text of several lines would end its comment.
                writeln!(out, "# without a type: {}", text.replace(['\n', '\r'], " "))?;
            }
        }
        Ok(())
    })?;
    writeln!(out, ")")?;
    Ok(counts)
}

/// Writes what a source states as a document in Turtle, by OWL 2's mapping to RDF graphs.
/// Otherwise as [`export_functional`].
///
/// # Errors
///
/// As [`export_functional`].
#[cfg(feature = "owl")]
pub fn export_turtle(
    reader: &Reader,
    source_id: i64,
    out: &mut impl Write,
) -> Result<ExportCounts, ExportError> {
    let mut counts = ExportCounts::default();
    let head = reader.export_head(source_id)?;
    let (iri, version) = (head.iri.as_deref(), head.version_iri.as_deref());
    let mut writer = TurtleWriter::new(out, &head.prefixes, iri, version)?;
    reader.export(source_id, |exported| -> Result<(), ExportError> {
        let is_written = match exported {
            Exported::Statement(text) => writer.statement(&text)?,
            Exported::Untyped(text) => writer.untyped(&text)?,
        };
        *(if is_written { &mut counts.statements } else { &mut counts.untyped }) += 1;
        Ok(())
    })?;
    counts.altered = writer.finish()?;
    Ok(counts)
}
