//! The terms of a graph, each kept once and known by a number.
//!
//! A document names a term many times, so triples hold numbers and the texts lie in one string.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::words::Word;

/// The number of a term, in the order in which terms are first met.
pub(super) type TermId = u32;

/// A term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term<'a> {
    Iri(&'a str),
    /// A node without a name. What a document or a parser calls it is not told.
    Blank,
    /// A text in no language.
    Text(&'a str),
    /// A text with the term of its language.
    Tagged(&'a str, TermId),
    /// A text with the term of its datatype.
    Typed(&'a str, TermId),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Iri,
    Blank,
    Text,
    Tagged,
    Typed,
    Language,
}

struct Entry {
    start: u32,
    end: u32,
    kind: Kind,
    qualifier: TermId,
    /// Another term with the same hash.
    next: TermId,
}

const NONE: TermId = TermId::MAX;

/// All terms of a graph.
pub(super) struct Terms {
    text: String,
    entries: Vec<Entry>,
    by_hash: HashMap<u64, TermId>,
    hashes: RandomState,
}

/// The texts of a graph are longer than four gigabytes.
#[derive(Debug)]
pub(super) struct TooLong;

impl Terms {
    /// The words, which every graph begins with.
    pub(super) fn new() -> Self {
        let mut terms = Self {
            text: String::new(),
            entries: Vec::new(),
            by_hash: HashMap::new(),
            hashes: RandomState::new(),
        };
        for (word, space, local) in Word::ALL {
            let known = terms.iri(&format!("{space}{local}"));
            debug_assert_eq!(known.ok(), Some(word.term()));
        }
        terms
    }

    pub(super) fn iri(&mut self, iri: &str) -> Result<TermId, TooLong> {
        self.intern(Kind::Iri, iri, NONE)
    }

    /// A node without a name, by what its document calls it.
    pub(super) fn blank(&mut self, label: &str) -> Result<TermId, TooLong> {
        self.intern(Kind::Blank, label, NONE)
    }

    pub(super) fn text(&mut self, value: &str) -> Result<TermId, TooLong> {
        self.intern(Kind::Text, value, NONE)
    }

    pub(super) fn tagged(&mut self, value: &str, language: &str) -> Result<TermId, TooLong> {
        let language = self.intern(Kind::Language, &language.to_ascii_lowercase(), NONE)?;
        self.intern(Kind::Tagged, value, language)
    }

    pub(super) fn typed(&mut self, value: &str, datatype: &str) -> Result<TermId, TooLong> {
        let datatype = self.iri(datatype)?;
        self.intern(Kind::Typed, value, datatype)
    }

    fn intern(&mut self, kind: Kind, text: &str, qualifier: TermId) -> Result<TermId, TooLong> {
        let hash = self.hashes.hash_one((kind, qualifier, text));
        let first = self.by_hash.get(&hash).copied();
        let mut at = first.unwrap_or(NONE);
        while let Some(entry) = self.entries.get(at as usize) {
            if (entry.kind, entry.qualifier) == (kind, qualifier) && self.slice(entry) == text {
                return Ok(at);
            }
            at = entry.next;
        }
        let start = u32::try_from(self.text.len()).map_err(|_| TooLong)?;
        let end = u32::try_from(self.text.len() + text.len()).map_err(|_| TooLong)?;
        let id = TermId::try_from(self.entries.len()).map_err(|_| TooLong)?;
        self.text.push_str(text);
        let next = first.unwrap_or(NONE);
        self.entries.push(Entry { start, end, kind, qualifier, next });
        self.by_hash.insert(hash, id);
        Ok(id)
    }

    fn slice(&self, entry: &Entry) -> &str {
        &self.text[entry.start as usize..entry.end as usize]
    }

    /// Says that no more terms will come.
    pub(super) fn close(&mut self) {
        self.by_hash = HashMap::new();
        self.text.shrink_to_fit();
        self.entries.shrink_to_fit();
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The term of a number.
    pub(super) fn term(&self, id: TermId) -> Term<'_> {
        let entry = &self.entries[id as usize];
        let text = self.slice(entry);
        match entry.kind {
            Kind::Iri => Term::Iri(text),
            Kind::Blank => Term::Blank,
            // A language is no term of a triple.
            Kind::Text | Kind::Language => Term::Text(text),
            Kind::Tagged => Term::Tagged(text, entry.qualifier),
            Kind::Typed => Term::Typed(text, entry.qualifier),
        }
    }

    /// The language that the qualifier of a tagged text is.
    pub(super) fn language(&self, id: TermId) -> &str {
        self.slice(&self.entries[id as usize])
    }

    /// The text of an IRI.
    pub(super) fn as_iri(&self, id: TermId) -> Option<&str> {
        match self.term(id) {
            Term::Iri(iri) => Some(iri),
            _ => None,
        }
    }

    pub(super) fn is_blank(&self, id: TermId) -> bool {
        self.entries[id as usize].kind == Kind::Blank
    }

    pub(super) fn is_literal(&self, id: TermId) -> bool {
        matches!(self.entries[id as usize].kind, Kind::Text | Kind::Tagged | Kind::Typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_kind_language_or_datatype_is_another_term() {
        let mut terms = Terms::new();
        let all = [
            terms.iri("a"),
            terms.blank("a"),
            terms.text("a"),
            terms.tagged("a", "en"),
            terms.tagged("a", "de"),
            terms.typed("a", "b"),
            terms.typed("a", "c"),
        ]
        .map(|id| id.expect("short"));
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(terms.tagged("a", "EN").ok(), Some(all[3]));
        assert_eq!(terms.iri("a").ok(), Some(all[0]));
    }
}
