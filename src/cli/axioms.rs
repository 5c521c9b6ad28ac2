//! `driftless axioms` and `driftless uses`: what is said of an entity, and where it is used.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::output::{Cell, Output, Sheet, Tone, count};
use crate::store::{AxiomRecord, DeclarationRecord, Reader};

/// Lists what is said of an entity: its declarations and the axioms about it.
#[derive(Debug, Args)]
pub(super) struct Axioms {
    /// An IRI in either form, a label, or any name of a class.
    subject: String,
    /// List at most N.
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: u32,
}

/// Lists the axioms that speak of an entity and are about others.
#[derive(Debug, Args)]
pub(super) struct Uses {
    /// An IRI in either form, a label, or any name of a class.
    entity: String,
    /// List at most N.
    #[arg(long, value_name = "N", default_value_t = 200)]
    limit: u32,
}

/// One entity with what is known of it.
#[derive(Debug, Serialize)]
struct Entity {
    iri: String,
    declarations: Vec<DeclarationRecord>,
    axioms: Vec<AxiomRecord>,
    is_complete: bool,
}

type Read = fn(&Reader, &str, u32) -> Result<Vec<AxiomRecord>, crate::store::StoreError>;

impl Axioms {
    pub(super) fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        list(store, &self.subject, self.limit, Reader::axioms_about, "no axiom is about it", output)
    }
}

impl Uses {
    pub(super) fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        list(store, &self.entity, self.limit, Reader::axioms_using, "no axiom uses it", output)
    }
}

fn list(
    store: &Path,
    name: &str,
    limit: u32,
    read: Read,
    none: &str,
    output: &Output,
) -> Result<Exit, Failure> {
    let reader = Reader::open(store)?;
    let mut entities = Vec::new();
    for iri in reader.entities_named(name)? {
        // One more than asked for shows whether there are more.
        let mut axioms = read(&reader, &iri, limit.saturating_add(1))?;
        let is_complete = axioms.len() <= limit as usize;
        axioms.truncate(limit as usize);
        let declarations = reader.declarations(&iri)?;
        entities.push(Entity { iri, declarations, axioms, is_complete });
    }
    if entities.is_empty() {
        let remedy =
            format!("give an IRI or a label; see `{}`", Command::on(store, &["search", name]));
        return Err(Failure::unknown(format!("nothing is known as {name}"), remedy));
    }
    output.show(&serde_json::json!({ "entities": entities }), |sheet| {
        for entity in &entities {
            sheet.gap();
            draw(sheet, entity, none);
        }
    })?;
    Ok(Exit::Clean)
}

fn draw(sheet: &mut Sheet, entity: &Entity, none: &str) {
    sheet.parts(&[(Tone::Strong, &entity.iri)]);
    if !entity.declarations.is_empty() {
        sheet.plain_table(entity.declarations.iter().map(|it| {
            vec![
                it.kind.as_str().into(),
                Cell::from(place(&it.key, it.line)).tone(Tone::Dim).whole(),
            ]
        }));
    }
    sheet.gap();
    if entity.axioms.is_empty() {
        return sheet.line(none);
    }
    sheet.table(
        &["axiom", "stated in"],
        entity.axioms.iter().map(|axiom| {
            let tone = if axiom.is_untyped { Tone::Warn } else { Tone::Plain };
            let place = Cell::from(place(&axiom.key, axiom.line)).tone(Tone::Dim).whole();
            vec![Cell::from(axiom.text.as_str()).tone(tone), place]
        }),
    );
    if !entity.is_complete {
        let shown = count(entity.axioms.len() as u64);
        sheet.dim(&format!("the first {shown}; --limit shows more"));
    }
}

/// An item and a line in it, where that is known.
pub(super) fn place(key: &str, line: u32) -> String {
    match line {
        0 => key.to_owned(),
        line => format!("{key}:{line}"),
    }
}
