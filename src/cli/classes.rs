//! `driftless classes`: the classes that the store shows.

use std::path::Path;

use clap::Args;

use super::command::Command;
use super::failure::{Exit, Failure};
use super::nearest::nearest;
use super::output::{Cell, Output, Sheet, Tone, count};
use crate::store::{ClassDetail, ClassRecord, Edge, Place, Reader};

/// Lists classes, or shows one with all that leads from it and to it.
#[derive(Debug, Args)]
pub(super) struct Classes {
    /// An IRI in either form, a label, or any name of a class.
    name: Option<String>,
    /// List stubs too: classes known only because others name them.
    #[arg(long, conflicts_with = "name")]
    stubs: bool,
    /// List at most N.
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "name")]
    limit: u32,
}

impl Classes {
    pub(super) fn run(self, store: &Path, output: &Output) -> Result<Exit, Failure> {
        let reader = Reader::open(store)?;
        match &self.name {
            Some(name) => one(&reader, name, store, output)?,
            None => self.list(&reader, output)?,
        }
        Ok(Exit::Clean)
    }

    fn list(&self, reader: &Reader, output: &Output) -> Result<(), Failure> {
        // One more than asked for shows whether there are more.
        let mut classes = reader.classes(self.stubs, self.limit.saturating_add(1))?;
        let is_complete = classes.len() <= self.limit as usize;
        classes.truncate(self.limit as usize);
        let answer = serde_json::json!({ "classes": classes, "is_complete": is_complete });
        output.show(&answer, |sheet| {
            if classes.is_empty() && is_complete {
                return sheet.line("no classes");
            }
            let header = ["class", "label", "stated in"];
            sheet.table(
                &header,
                classes.iter().map(|class| {
                    vec![
                        class.class_iri.as_str().into(),
                        class.label.as_str().into(),
                        origin(class),
                    ]
                }),
            );
            if !is_complete {
                let shown = count(classes.len() as u64);
                sheet.dim(&format!("the first {shown}; --limit shows more"));
            }
        })
    }
}

fn one(reader: &Reader, name: &str, store: &Path, output: &Output) -> Result<(), Failure> {
    let found = reader.classes_named(name)?;
    if found.is_empty() {
        let labels = reader.classes(true, u32::MAX)?.into_iter().map(|class| class.label);
        let near = nearest(name, labels);
        let remedy = if near.is_empty() {
            format!("see `{}`", Command::on(store, &["classes", "--stubs"]))
        } else {
            format!("there are: {}", near.join(", "))
        };
        return Err(Failure::unknown(format!("no class is known as {name}"), remedy));
    }
    output.show(&serde_json::json!({ "classes": found }), |sheet| {
        for class in &found {
            sheet.gap();
            draw(sheet, class);
        }
    })
}

/// Where the shown claim of a class stands, or what it is without one.
fn origin(class: &ClassRecord) -> Cell {
    match &class.source_file {
        Some(file) => file.as_str().into(),
        None if class.is_stub => Cell::from("stub").tone(Tone::Warn),
        None => Cell::from("built in").tone(Tone::Dim),
    }
}

fn draw(sheet: &mut Sheet, detail: &ClassDetail) {
    let class = &detail.class;
    sheet.parts(&[
        (Tone::Strong, &class.label),
        (Tone::Plain, "  "),
        (Tone::Dim, &class.class_iri),
    ]);
    if class.is_stub {
        sheet.parts(&[(Tone::Warn, "a stub: other classes name it, no page states it")]);
    }
    if let Some(comment) = &class.comment {
        sheet.gap();
        sheet.plain_table([vec![Cell::from(comment.as_str())]]);
    }
    sheet.gap();
    sheet.pairs([
        ("IRI", class.iri.as_str().into()),
        ("ontology", class.ontology_id.as_str().into()),
    ]);
    if !detail.stated_in.is_empty() {
        sheet.heading("Stated in");
        for (at, stated) in detail.stated_in.iter().enumerate() {
            let shown = if at == 0 && detail.stated_in.len() > 1 { "  (shown)" } else { "" };
            sheet.parts(&[(Tone::Plain, "  "), (Tone::Plain, &place(stated)), (Tone::Dim, shown)]);
        }
    }
    draw_edges(sheet, "Parents", &detail.parents);
    draw_edges(sheet, "Children", &detail.children);
    draw_relations(sheet, &detail.relations);
}

fn draw_edges(sheet: &mut Sheet, heading: &str, edges: &[Edge]) {
    if edges.is_empty() {
        return;
    }
    sheet.heading(heading);
    sheet.plain_table(
        edges
            .iter()
            .map(|edge| vec![target(edge), edge.class_iri.as_str().into(), stated_at(edge)]),
    );
}

fn draw_relations(sheet: &mut Sheet, edges: &[Edge]) {
    if edges.is_empty() {
        return;
    }
    sheet.heading("Relations");
    sheet.plain_table(edges.iter().map(|edge| {
        let predicate = match &edge.qualifier {
            Some(via) => format!("{} via {via}", edge.predicate),
            None => edge.predicate.clone(),
        };
        vec![predicate.into(), target(edge), edge.class_iri.as_str().into(), stated_at(edge)]
    }));
}

fn target(edge: &Edge) -> Cell {
    if edge.is_stub {
        Cell::from(format!("{} (stub)", edge.label)).tone(Tone::Warn)
    } else {
        edge.label.as_str().into()
    }
}

fn stated_at(edge: &Edge) -> Cell {
    Cell::from(place(&edge.stated_in)).tone(Tone::Dim).whole()
}

fn place(place: &Place) -> String {
    format!("{}:{}", place.key, place.line)
}
