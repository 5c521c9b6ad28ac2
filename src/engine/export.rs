//! Export: a source's statements as one OWL document.

use std::io::{self, Write};

use crate::store::{Exported, Reader, StoreError};

/// What an export was, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ExportCounts {
    /// Declarations, axioms, annotations and imports.
    pub statements: u64,
    /// Statements that are no axiom and stand in comments.
    pub untyped: u64,
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
    let mut is_open = false;
    reader.export(source_id, |exported| -> Result<(), ExportError> {
        match exported {
            Exported::Prefix { name, namespace } => writeln!(out, "Prefix({name}:=<{namespace}>)")?,
            Exported::Ontology { iri, version_iri } => {
                let version = version_iri.map(|iri| format!(" <{iri}>")).unwrap_or_default();
                writeln!(out, "Ontology(<{iri}>{version}")?;
                is_open = true;
            }
            Exported::Statement(text) => {
                open(&mut is_open, out)?;
                counts.statements += 1;
                writeln!(out, "{text}")?;
            }
            Exported::Untyped(text) => {
                open(&mut is_open, out)?;
                counts.untyped += 1;
                // A text of several lines would end its comment.
                writeln!(out, "# without a type: {}", text.replace(['\n', '\r'], " "))?;
            }
        }
        Ok(())
    })?;
    open(&mut is_open, out)?;
    writeln!(out, ")")?;
    Ok(counts)
}

fn open(is_open: &mut bool, out: &mut impl Write) -> io::Result<()> {
    if std::mem::replace(is_open, true) {
        return Ok(());
    }
    writeln!(out, "Ontology(")
}
