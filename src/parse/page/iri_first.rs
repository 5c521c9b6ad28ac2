//! Pages whose first property is the IRI of their class, with `rdf-type:: owl:Class` below it.
//!
//! Their other properties are those of older pages, on the whole page. The definition is a
//! section, and the class's prefixed name is a property like any other.

use super::block::{self, Surroundings};
use super::draft::BlockDraft;
use super::identifier;
use super::keys::{self, Field};
use super::lines::Line;
use super::outline::Extent;
use super::rules;
use crate::parse::findings::Findings;
use crate::record::{Block, Property};

/// The title of the section whose text is the comment.
const DEFINITION: &str = "Definition";

/// The text of the section `Definition`, a line for each of its own.
pub(super) fn definition(lines: &[Line<'_>]) -> Option<String> {
    let is_definition = |line: &&Line<'_>| {
        !line.code && line.heading().is_some_and(|it| it.title.eq_ignore_ascii_case(DEFINITION))
    };
    let at = lines.iter().position(|line| is_definition(&line))?;
    let heading = lines[at].heading()?;
    let extent = Extent::of_line(&lines[at], &heading);
    let inside = lines[at + 1..].iter().filter(|line| !line.code).take_while(|line| {
        line.property().is_none() && line.heading().is_none() && !extent.ends_before(line)
    });
    let said = inside.map(|line| line.body).filter(|body| !body.is_empty());
    let text = said.collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}

/// Reads a page of this kind, all of whose properties are `draft`.
pub(super) fn read(
    draft: BlockDraft,
    definition: Option<String>,
    surroundings: &Surroundings<'_>,
    findings: &mut Findings,
) -> Block {
    let stated_iri = draft.stated.iter().map(|it| &it.property).find(|it| is_iri(it));
    let class = stated_iri.and_then(|it| identifier::read(it, surroundings.prefixes, findings));
    let fields = block::Fields::read(&draft.stated, findings);
    let preferred = fields.name(Field::PreferredTerm);
    let label = preferred.or(fields.name(Field::Label)).unwrap_or(surroundings.page_name);
    let label = label.to_owned();
    let names = block::names(&draft.stated, class.as_ref(), &fields, surroundings);
    let iri = match &class {
        Some(identifier) => identifier.iri.clone(),
        None => block::made_class(&label),
    };
    let comment =
        definition.or_else(|| fields.of(Field::Definition).map(|property| property.value.clone()));
    let mut references = block::references(&draft.stated, findings);
    references.extend(block::axiomatic_parents(&iri, surroundings.ontology));
    rules::check_values(&fields, findings);
    rules::check_self(&names, &references, findings);
    let line = draft.line;
    let properties = draft.stated.into_iter().map(|stated| stated.property).collect();
    Block {
        line,
        class: iri,
        label,
        other_labels: None,
        comment,
        is_mention: false,
        names,
        references,
        properties,
    }
}

fn is_iri(property: &Property) -> bool {
    keys::is_same(&property.key, keys::IRI)
}
