//! OWL/XML and Manchester syntax, by horned-owl: turned into functional syntax, which is then read
//! as any other.
//!
//! Its parsers know no limits of their own: depth is measured before, and a caller that wants
//! to survive whatever else they do lets a [`Translator`] run them in another process.

use std::collections::BTreeSet;

use horned_owl::error::{HornedError, Location};
use horned_owl::io::ParserConfiguration;
use horned_owl::io::StreamComponent;
use horned_owl::io::ofn::writer::AsFunctional;
use horned_owl::model::{AnnotatedComponent, Build, Component, RcStr};
use horned_owl::ontology::set::SetOntology;

use super::form::LARGEST_DEPTH;
use super::{guard, manchester};
use crate::parse::{Rejection, Stage};
use crate::record::OwlFormat;

/// Runs [`translate`], here or elsewhere.
pub trait Translator: Send + Sync + 'static {
    /// Gives `take` the statements of a document in functional syntax, one by one.
    ///
    /// # Errors
    ///
    /// A [`Rejection`] if the document cannot be read, wholly or from some place on.
    fn translate(
        &self,
        content: &[u8],
        format: OwlFormat,
        take: &mut dyn FnMut(&str),
    ) -> Result<(), Rejection>;
}

/// Translates in the thread that asks. A parser that aborts takes the process with it, and one
/// that loops keeps its thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct InThread;

impl Translator for InThread {
    fn translate(
        &self,
        content: &[u8],
        format: OwlFormat,
        take: &mut dyn FnMut(&str),
    ) -> Result<(), Rejection> {
        translate(content, format, take)
    }
}

/// Gives `take` the statements of a document in functional syntax, one by one: the ontology's
/// name first, if it has one.
///
/// # Errors
///
/// A [`Rejection`] with a stable code if the document breaks a limit or its syntax.
pub fn translate(
    content: &[u8],
    format: OwlFormat,
    take: &mut dyn FnMut(&str),
) -> Result<(), Rejection> {
    match format {
        OwlFormat::OwlXml => {
            guard::check_xml(text_of(content)?, LARGEST_DEPTH)?;
            owl_xml(content, take)
        }
        OwlFormat::Manchester => {
            let text = manchester::prepared(text_of(content)?);
            check_brackets(&text)?;
            let read = horned_owl::io::omn::reader::read::<RcStr, _, Ontology, _>;
            let read = read(text.as_bytes(), configuration());
            whole(read.map_err(|error| broken(&text, &error))?, take);
            Ok(())
        }
        other => {
            let message = format!("{} is not read here", other.as_str());
            Err(rejected("unsupported_format", message))
        }
    }
}

type Ontology = SetOntology<RcStr>;

fn configuration() -> ParserConfiguration<RcStr, Build<RcStr>> {
    ParserConfiguration::new(Build::new_rc())
}

fn rejected(code: &'static str, message: String) -> Rejection {
    Rejection { stage: Stage::Parse, code, message }
}

/// Component by component: nothing of the document is kept.
fn owl_xml(content: &[u8], take: &mut dyn FnMut(&str)) -> Result<(), Rejection> {
    let stream = horned_owl::io::owx::reader::read_to_stream(content, configuration());
    for component in stream {
        match component {
            Ok(StreamComponent::Component(component)) => {
                if let Some((_, text)) = text(&component) {
                    take(&text);
                }
            }
            Ok(StreamComponent::Prefix(..)) => {}
            Err(error) => return Err(rejected("bad_owl_xml", error.to_string())),
        }
    }
    Ok(())
}

/// A document that is read as a whole, whose order is lost on the way.
fn whole<P>((ontology, _): (Ontology, P), take: &mut dyn FnMut(&str)) {
    let texts: BTreeSet<_> = ontology.iter().filter_map(text).collect();
    texts.iter().for_each(|(_, text)| take(text));
}

/// Why a document in Manchester syntax cannot be read, and on which line.
fn broken(text: &str, error: &HornedError) -> Rejection {
    let (reason, location) = match error {
        HornedError::ParserError(error, location) => (error.to_string(), location),
        HornedError::ValidityError(reason, location) => (reason.clone(), location),
        other => (other.to_string(), &Location::Unknown),
    };
    let offset = match location {
        Location::BytePosition(at) => Some(*at),
        Location::ByteSpan(span) => Some(span.start),
        Location::Unknown => None,
    };
    // What was expected stands in the last line of a drawing.
    let reason = reason.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    let reason = reason.trim_start_matches([' ', '=']);
    let before = offset.and_then(|at| text.as_bytes().get(..at as usize));
    let line = before.map(|text| memchr::memchr_iter(b'\n', text).count() + 1);
    let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
    rejected("bad_manchester", format!("{line}{reason}"))
}

/// Where among the statements it stands, and the statement.
fn text(component: &AnnotatedComponent<RcStr>) -> Option<(u8, String)> {
    match &component.component {
        Component::OntologyID(id) => {
            let iri = id.iri.as_ref()?.as_functional().to_string();
            let version = id.viri.as_ref().map(|iri| iri.as_functional().to_string());
            Some((0, format!("Ontology({iri} {})", version.unwrap_or_default())))
        }
        Component::DocIRI(_) => None,
        Component::Import(_) => Some((1, component.as_functional().to_string())),
        Component::OntologyAnnotation(_) => Some((2, component.as_functional().to_string())),
        _ => Some((3, component.as_functional().to_string())),
    }
}

fn text_of(content: &[u8]) -> Result<&str, Rejection> {
    std::str::from_utf8(content)
        .map_err(|error| rejected("not_text", format!("not UTF-8: {error}")))
}

/// Refuses text whose brackets nest too deep.
fn check_brackets(text: &str) -> Result<(), Rejection> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.as_bytes() {
        match byte {
            b'"' if !escaped => quoted = !quoted,
            b'(' | b'{' | b'[' if !quoted => depth += 1,
            b')' | b'}' | b']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = *byte == b'\\' && !escaped;
        if depth > LARGEST_DEPTH {
            let message = format!("brackets nest deeper than {LARGEST_DEPTH} levels");
            return Err(rejected("nested_too_deep", message));
        }
    }
    Ok(())
}
