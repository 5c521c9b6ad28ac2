//! OBO: clauses turned into functional syntax, line by line (OBO Flat File Format 1.4, section 5).
//!
//! Where the specification is silent the mapping is that of the OWL API's `oboformat`. A tag
//! that has no meaning in OWL is an annotation of its name, and a clause that cannot be read is
//! told and costs only itself: nothing is dropped.

mod expression;
mod frame;
mod header;
mod line;
mod metadata;
mod names;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

use line::{Clause, Line};
use names::Names;

use super::built_in::built_in_kind;
use crate::owl::EntityKind;
use crate::parse::findings::Quoted;

/// Reads a document. `state` is given each statement in functional syntax with the line it
/// stands on, or why a line cannot be used.
pub(super) fn read(text: &str, state: &mut dyn FnMut(u32, Result<&str, String>)) {
    let (header, frames) = split(text, state);
    let names = Names::new(&header, &frames);
    let mut document =
        Document { names: &names, state, entities: BTreeMap::new(), namespace: None };
    document.header(&header);
    for frame in &frames {
        document.frame(frame);
    }
    document.declare_entities();
}

/// What a frame describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Term,
    Typedef,
    Instance,
}

/// `[Term]` and the clauses below it.
#[derive(Debug)]
struct Frame<'a> {
    kind: Kind,
    line: u32,
    id: String,
    clauses: Vec<Clause<'a>>,
}

/// The kinds of entities that clauses use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entity {
    Class,
    ObjectProperty,
    AnnotationProperty,
    NamedIndividual,
}

impl Entity {
    fn word(self) -> &'static str {
        match self {
            Self::Class => "Class",
            Self::ObjectProperty => "ObjectProperty",
            Self::AnnotationProperty => "AnnotationProperty",
            Self::NamedIndividual => "NamedIndividual",
        }
    }
}

/// A document on its way into statements.
struct Document<'a> {
    names: &'a Names,
    state: &'a mut dyn FnMut(u32, Result<&str, String>),
    /// Entities that clauses use, with the line of the first one; those that are declared have
    /// none.
    entities: BTreeMap<(Entity, String), Option<u32>>,
    /// The namespace of frames that name none.
    namespace: Option<String>,
}

impl Document<'_> {
    fn state(&mut self, line: u32, statement: &str) {
        (self.state)(line, Ok(statement));
    }

    fn refuse(&mut self, line: u32, reason: impl Into<String>) {
        (self.state)(line, Err(reason.into()));
    }

    /// The IRI of an entity that a clause uses, between brackets.
    fn used(&mut self, line: u32, kind: Entity, iri: &str) -> String {
        let needs_none = kind == Entity::AnnotationProperty
            && built_in_kind(iri) == Some(EntityKind::AnnotationProperty);
        if !needs_none {
            self.entities.entry((kind, iri.to_owned())).or_insert(Some(line));
        }
        write::iri(iri)
    }

    /// Declares an entity.
    fn declare(&mut self, line: u32, kind: Entity, iri: &str) {
        if self.entities.insert((kind, iri.to_owned()), None) != Some(None) {
            let statement = format!("Declaration({}({}))", kind.word(), write::iri(iri));
            self.state(line, &statement);
        }
    }

    /// Declares what was used and has no frame: OBO says by its place what kind a name is of.
    fn declare_entities(&mut self) {
        for ((kind, iri), line) in std::mem::take(&mut self.entities) {
            if let Some(line) = line {
                let statement = format!("Declaration({}({}))", kind.word(), write::iri(&iri));
                self.state(line, &statement);
            }
        }
    }

    /// States an annotation of `subject`, which stands between brackets.
    fn annotate(
        &mut self,
        line: u32,
        annotations: &[String],
        property: &str,
        subject: &str,
        value: &str,
    ) {
        let property = self.used(line, Entity::AnnotationProperty, property);
        let parts = [&*property, subject, value];
        self.state(line, &write::form("AnnotationAssertion", annotations, &parts));
    }
}

/// The header and the frames of a document.
fn split<'a>(
    text: &'a str,
    state: &mut dyn FnMut(u32, Result<&str, String>),
) -> (Vec<Clause<'a>>, Vec<Frame<'a>>) {
    let (mut header, mut frames) = (Vec::new(), Vec::<Frame<'a>>::new());
    // Of a frame that is not known the clauses are not read either.
    let mut is_in_header = true;
    let mut open: Option<Frame<'a>> = None;
    let mut close =
        |frame: Option<Frame<'a>>, state: &mut dyn FnMut(u32, Result<&str, String>)| match frame {
            Some(frame) if frame.id.is_empty() => {
                state(frame.line, Err("a frame without an id: its clauses are not read".into()));
            }
            frame => frames.extend(frame),
        };
    for line in line::lines(text) {
        match line {
            Line::Frame { line, name } => {
                is_in_header = false;
                close(open.take(), state);
                let kind = match name {
                    "Term" => Kind::Term,
                    "Typedef" => Kind::Typedef,
                    "Instance" => Kind::Instance,
                    _ => {
                        let reason = format!("a frame [{name}]: its clauses are not read");
                        state(line, Err(reason));
                        continue;
                    }
                };
                open = Some(Frame { kind, line, id: String::new(), clauses: Vec::new() });
            }
            Line::Clause(clause) => match &mut open {
                Some(frame) if clause.tag == "id" && frame.id.is_empty() => {
                    frame.id = line::unescaped(&clause.value);
                }
                Some(frame) => frame.clauses.push(clause),
                None if is_in_header => header.push(clause),
                None => {}
            },
            Line::Other { line, text } => {
                state(line, Err(format!("{} is no clause", Quoted(text))));
            }
        }
    }
    close(open, state);
    (header, frames)
}
