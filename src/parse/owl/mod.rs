//! OWL: axioms of pages' fences and of whole documents, each by itself.
//!
//! Every syntax is read into forms (`form`), which `grammar` checks and `statement` makes a
//! record of. What cannot be read is a finding with its line; the rest is kept.

mod about;
#[cfg(feature = "owl")]
mod built_in;
#[cfg(feature = "owl")]
mod foreign;
mod form;
mod format;
mod grammar;
#[cfg(feature = "owl")]
mod guard;
#[cfg(feature = "owl")]
mod manchester;
#[cfg(feature = "owl")]
mod obo;
mod prefixes;
#[cfg(feature = "owl")]
mod rdf;
mod reader;
mod soundness;
mod statement;
mod tokens;
#[cfg(feature = "owl")]
mod turtle;
#[cfg(feature = "owl")]
mod untyped;
mod vocabulary;
#[cfg(feature = "owl")]
mod xml;

use std::borrow::Cow;

#[cfg(feature = "owl")]
pub use foreign::{InThread, Translator, translate};
use prefixes::Prefixes;
#[cfg(feature = "owl")]
use rdf::Syntax;
use reader::{Reader, Step};
use statement::Statements;
#[cfg(feature = "owl")]
pub use turtle::TurtleWriter;

#[cfg(feature = "owl")]
use super::Contexts;
use super::findings::Findings;
use super::{Parsed, Rejection, Stage};
use crate::iri::PrefixTable;
use crate::item::{SkipReason, SourceItem};
use crate::owl::Ontology;
use crate::record::{OwlDocument, OwlFormat};

/// The syntax of an OWL document; `None` if these bytes are none.
pub(super) fn detect(content: &[u8]) -> Option<OwlFormat> {
    format::detect(content)
}

/// Whether these bytes are comments and nothing else.
pub(super) fn is_comment(content: &[u8]) -> bool {
    format::is_comment(content)
}

/// An OWL document to be read.
pub(super) struct Document<'a> {
    pub(super) item: &'a SourceItem,
    pub(super) format: OwlFormat,
    pub(super) prefixes: &'a PrefixTable,
    /// Contexts that it may cite.
    #[cfg(feature = "owl")]
    pub(super) contexts: &'a Contexts,
}

impl Document<'_> {
    /// Reads it; foreign syntaxes by `translator`.
    pub(super) fn read(&self, #[cfg(feature = "owl")] translator: &dyn Translator) -> Parsed {
        let mut findings = Findings::default();
        let mut statements = Statements::new(self.prefixes);
        let read = match self.format {
            OwlFormat::Functional => self.read_functional(&mut statements, &mut findings),
            #[cfg(feature = "owl")]
            OwlFormat::RdfXml => self.read_rdf(Syntax::RdfXml, &mut statements, &mut findings),
            #[cfg(feature = "owl")]
            OwlFormat::Turtle => self.read_rdf(Syntax::Turtle, &mut statements, &mut findings),
            // It may be Turtle that begins like it.
            #[cfg(feature = "owl")]
            OwlFormat::NTriples => {
                let read = self.read_rdf(Syntax::NTriples, &mut statements, &mut findings);
                if read.as_ref().is_err_and(|rejection| rejection.code == "bad_n_triples") {
                    let turtle = OwlFormat::Turtle;
                    return Self { format: turtle, ..*self }.read(translator);
                }
                read
            }
            #[cfg(feature = "owl")]
            OwlFormat::Obo => self.read_obo(&mut statements, &mut findings),
            #[cfg(feature = "owl")]
            OwlFormat::JsonLd => {
                let syntax = Syntax::JsonLd(self.contexts);
                self.read_rdf(syntax, &mut statements, &mut findings)
            }
            #[cfg(feature = "owl")]
            _ => self.read_other(translator, &mut statements, &mut findings),
            #[cfg(not(feature = "owl"))]
            other => {
                let (reason, detail) = (SkipReason::UnsupportedFormat, other.as_str().to_owned());
                return Parsed::Skipped { reason, detail };
            }
        };
        if let Err(rejection) = read {
            return Parsed::Rejected(rejection);
        }
        let ontology = statements.finish();
        if ontology.is_empty() && ontology.iri.is_none() {
            return nothing(&findings);
        }
        if ontology.iri.is_none() {
            findings.warn(
                "missing_ontology_iri",
                0,
                "the document does not say which ontology it is",
            );
        }
        Parsed::Ontology(Box::new(OwlDocument {
            format: self.format,
            diagnostics: findings.into_diagnostics(),
            ontology,
        }))
    }

    /// The content without a byte order mark.
    fn content(&self) -> &[u8] {
        let content = &*self.item.content;
        content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content)
    }

    fn text(&self) -> Result<&str, Rejection> {
        let content = self.content();
        std::str::from_utf8(content).map_err(|error| {
            let (at, length) = (error.valid_up_to(), content.len());
            let message = format!("byte {at} of {length} is not UTF-8");
            Rejection { stage: Stage::Parse, code: "not_text", message }
        })
    }

    fn read_functional(
        &self,
        statements: &mut Statements<'_>,
        findings: &mut Findings,
    ) -> Result<(), Rejection> {
        let text = self.text()?;
        let mut prefixes = Prefixes::new(self.prefixes);
        report_conflicts(text, findings);
        read_functional(Reader::new(text, 1), &mut prefixes, statements, findings);
        prefixes.report(findings);
        Ok(())
    }

    #[cfg(feature = "owl")]
    fn read_rdf(
        &self,
        syntax: Syntax<'_>,
        statements: &mut Statements<'_>,
        findings: &mut Findings,
    ) -> Result<(), Rejection> {
        let text = match syntax {
            Syntax::RdfXml => xml::readable(self.content())?,
            Syntax::Turtle | Syntax::NTriples | Syntax::JsonLd(_) => Cow::Borrowed(self.text()?),
        };
        rdf::read(&text, syntax, None, statements, findings).map(drop)
    }

    #[cfg(feature = "owl")]
    fn read_obo(
        &self,
        statements: &mut Statements<'_>,
        findings: &mut Findings,
    ) -> Result<(), Rejection> {
        let text = self.text()?;
        let mut prefixes = Prefixes::new(self.prefixes);
        report_conflicts(text, findings);
        obo::read(text, &mut |line, stated| match stated {
            Ok(text) => {
                read_functional(Reader::new(text, line), &mut prefixes, statements, findings);
            }
            Err(reason) => findings.error("bad_clause", line, reason),
        });
        prefixes.report(findings);
        Ok(())
    }

    #[cfg(feature = "owl")]
    fn read_other(
        &self,
        translator: &dyn Translator,
        statements: &mut Statements<'_>,
        findings: &mut Findings,
    ) -> Result<(), Rejection> {
        let mut prefixes = Prefixes::new(self.prefixes);
        let content = match self.format {
            OwlFormat::OwlXml => xml::readable(self.content())?,
            _ => Cow::Borrowed(self.text()?),
        };
        // What comes from elsewhere has no lines here.
        translator.translate(content.as_bytes(), self.format, &mut |text| {
            read_functional(Reader::new(text, 0), &mut prefixes, statements, findings);
        })?;
        prefixes.report(findings);
        Ok(())
    }
}

/// What becomes of a document that states nothing: it is left out, but not if that is because
/// nothing of it can be read.
fn nothing(findings: &Findings) -> Parsed {
    match findings.first_error() {
        None => {
            let detail = "the document states nothing".to_owned();
            Parsed::Skipped { reason: SkipReason::NoMarkers, detail }
        }
        Some(first) => {
            let message =
                format!("nothing of it can be read; line {}: {}", first.line, first.message);
            Parsed::Rejected(Rejection { stage: Stage::Parse, code: "nothing_readable", message })
        }
    }
}

/// Reports the marks that a merge leaves behind.
fn report_conflicts(text: &str, findings: &mut Findings) {
    let marks = ["<<<<<<< ", "=======", ">>>>>>> "];
    for (number, line) in (1..).zip(text.lines()) {
        let is_mark = match line.as_bytes().first() {
            Some(b'=') => line == marks[1],
            _ => line.starts_with(marks[0]) || line.starts_with(marks[2]),
        };
        if is_mark {
            findings.error("merge_conflict", number, "a mark of an unfinished merge");
        }
    }
}

/// A piece of functional syntax, or of its s-expressions, with the line it begins on.
pub(super) struct Piece<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) line: u32,
}

/// Reads pieces that belong together. `base` is what `:` stands for where no table says so.
pub(super) fn read_pieces(
    pieces: &[Piece<'_>],
    prefixes: &PrefixTable,
    base: Option<&str>,
    findings: &mut Findings,
) -> Ontology {
    let mut statements = Statements::new(prefixes);
    let mut prefixes = Prefixes::new(prefixes);
    if let (Some(base), false) = (base, prefixes.knows("")) {
        prefixes.insert(String::new(), base.to_owned());
    }
    for piece in pieces {
        let reader = Reader::new(&piece.text, piece.line);
        read_functional(reader, &mut prefixes, &mut statements, findings);
    }
    prefixes.report(findings);
    statements.finish()
}

fn read_functional(
    mut reader: Reader<'_>,
    prefixes: &mut Prefixes<'_>,
    statements: &mut Statements<'_>,
    findings: &mut Findings,
) {
    while let Some(step) = reader.next(prefixes, statements) {
        match step {
            Step::Form { construct, arguments, line } => {
                statements.state(construct, &arguments, line);
            }
            Step::Prefix { name, namespace } => prefixes.insert(name, namespace),
            Step::Ontology { iri, version_iri } => {
                if let Some(iri) = iri {
                    statements.name(&iri, version_iri.as_deref());
                }
            }
            Step::Broken(broken) => {
                let message = format!("column {}: {}", broken.column, broken.reason);
                findings.error("bad_axiom", broken.line, message);
            }
        }
    }
}

#[cfg(test)]
mod tests;
