//! What kind of page it is: decided here, once, and nowhere else.

use super::fences::Fenced;
use super::keys;
use super::outline::{Entry, EntryKind};
use super::values;

/// How a page states classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Classes {
    /// In ontology blocks.
    Blocks,
    /// As one term, with properties all over the page.
    WholePage,
    /// Not at all.
    None,
}

/// A page's kind. A page can be of several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) classes: Classes,
    /// Whether it is part of the graph.
    pub(super) is_graph: bool,
    /// Whether it has OWL text or declares OWL properties.
    pub(super) states_owl: bool,
    /// The name of a newer format that it is written in, which is not read.
    pub(super) unread_format: Option<&'static str>,
}

impl Kind {
    /// Whether anything on the page can be used.
    pub(super) fn is_usable(&self) -> bool {
        let states_owl = self.states_owl && self.unread_format.is_none();
        self.classes != Classes::None || self.is_graph || states_owl
    }
}

/// Decides what kind of page it is. `has_owl` says whether any of `fences` is OWL.
///
/// An ontology block beats a newer format, for it can be read; a newer format beats
/// term properties, for its own properties resemble them.
pub(super) fn detect(entries: &[Entry<'_>], fences: &[Fenced<'_>], has_owl: bool) -> Kind {
    let unread_format = newer_format(entries, fences);
    let classes = if entries.iter().any(Entry::opens_block) {
        Classes::Blocks
    } else if unread_format.is_none() && entries.iter().any(marks_term) {
        Classes::WholePage
    } else {
        Classes::None
    };
    let is_graph = page_properties(entries)
        .any(|(key, value)| keys::is_same(key, "public") && value.eq_ignore_ascii_case("true"));
    let declares = || {
        entries
            .iter()
            .filter_map(Entry::property)
            .any(|(key, _)| keys::declared_kind(key).is_some())
    };
    Kind { classes, is_graph, states_owl: has_owl || declares(), unread_format }
}

/// The properties before the first heading and the first bullet that is none.
fn page_properties<'e>(entries: &'e [Entry<'_>]) -> impl Iterator<Item = (&'e str, &'e str)> {
    entries.iter().map_while(Entry::property)
}

fn newer_format(entries: &[Entry<'_>], fences: &[Fenced<'_>]) -> Option<&'static str> {
    let has = |wanted: &str, part: &str| {
        page_properties(entries)
            .any(|(key, value)| keys::is_same(key, wanted) && value.contains(part))
    };
    if has("rdf-type", "owl:Class") && has("iri", "") {
        return Some("rdf_properties");
    }
    fences.iter().any(Fenced::is_json_ld).then_some("json_ld")
}

/// Whether a property says that the page describes a term. An empty one says nothing: a
/// template is no term.
fn marks_term(entry: &Entry<'_>) -> bool {
    match &entry.kind {
        EntryKind::Property { key, value } => keys::marks_term(key) && !values::is_nothing(value),
        _ => false,
    }
}
