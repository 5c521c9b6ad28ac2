//! What kind of page it is: decided here, once, and nowhere else.

use super::keys;
use super::outline::{Entry, EntryKind};
use super::values;

/// How the properties of a page state classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Classes {
    /// In ontology blocks.
    Blocks,
    /// As one term, with properties all over the page.
    WholePage,
    /// As one class, whose IRI is the page's first property, and in blocks besides.
    IriFirst,
    /// Not at all.
    None,
}

/// What fences say of a page's kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fences {
    /// Whether any is OWL.
    pub(super) has_owl: bool,
    /// Whether any is JSON-LD.
    pub(super) has_json_ld: bool,
    /// Whether one of those states a class, or is so damaged that it may have.
    pub(super) may_state_class: bool,
    /// Whether one of those says that the page is part of the graph.
    pub(super) is_public: bool,
}

/// A page's kind. A page can be of several at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) classes: Classes,
    /// Whether it is part of the graph.
    pub(super) is_graph: bool,
    /// Whether it has fences that are read, or declares OWL properties.
    pub(super) states_more: bool,
    /// Whether its first property is an IRI and nothing says what has that IRI.
    pub(super) lacks_type: bool,
}

impl Kind {
    /// Whether anything on the page can be used.
    pub(super) fn is_usable(&self) -> bool {
        self.classes != Classes::None || self.is_graph || self.states_more || self.lacks_type
    }
}

/// Decides what kind of page it is. `first_line` is the first one that is not blank.
///
/// An ontology block is read beside anything else, for nothing else looks like one. A class in
/// JSON-LD and one whose IRI comes first beat term properties, for theirs resemble them.
pub(super) fn detect(entries: &[Entry<'_>], first_line: u32, fences: Fences) -> Kind {
    let has_iri = begins_with_iri(entries, first_line);
    let classes = if has_iri && is_class(entries) && !fences.may_state_class {
        Classes::IriFirst
    } else if entries.iter().any(Entry::opens_block) {
        Classes::Blocks
    } else if fences.may_state_class || has_iri {
        Classes::None
    } else if entries.iter().any(marks_term) {
        Classes::WholePage
    } else {
        Classes::None
    };
    let is_public = page_properties(entries)
        .any(|(key, value)| keys::is_same(key, "public") && value.eq_ignore_ascii_case("true"));
    let declares = || {
        entries
            .iter()
            .filter_map(Entry::property)
            .any(|(key, _)| keys::declared_kind(key).is_some())
    };
    Kind {
        classes,
        is_graph: is_public || fences.is_public,
        states_more: fences.has_owl || fences.has_json_ld || declares(),
        lacks_type: has_iri && !is_class(entries) && !fences.may_state_class,
    }
}

/// The properties before the first heading and the first bullet that is none.
fn page_properties<'e>(entries: &'e [Entry<'_>]) -> impl Iterator<Item = (&'e str, &'e str)> {
    entries.iter().map_while(Entry::property)
}

/// Whether the first line that is not blank is the property `iri`.
fn begins_with_iri(entries: &[Entry<'_>], first_line: u32) -> bool {
    let first = entries.first().filter(|entry| entry.line == first_line);
    first
        .and_then(Entry::property)
        .is_some_and(|(key, value)| keys::is_same(key, keys::IRI) && !values::is_nothing(value))
}

/// Whether the page's properties say that it is a class.
fn is_class(entries: &[Entry<'_>]) -> bool {
    let means_class = |value: &str| {
        let value = values::bare(value);
        let value = value.strip_prefix('<').and_then(|it| it.strip_suffix('>')).unwrap_or(value);
        value == "owl:Class" || value == "http://www.w3.org/2002/07/owl#Class"
    };
    page_properties(entries).any(|(key, value)| {
        keys::is_same(key, "rdf-type") && value.split(',').any(|it| means_class(it.trim()))
    })
}

/// Whether a property says that the page describes a term. An empty one says nothing: a
/// template is no term.
fn marks_term(entry: &Entry<'_>) -> bool {
    match &entry.kind {
        EntryKind::Property { key, value } => keys::marks_term(key) && !values::is_nothing(value),
        _ => false,
    }
}
