//! How long lists are, and how deep and large expressions: known before anything recurses.
//!
//! Nodes of a graph may be shared and may lie in circles. Each is looked at once.

use std::collections::HashMap;

use super::graph::{Graph, TripleId};
use super::roles::{CONDITIONS, CONNECTIVES, Role};
use super::terms::TermId;
use super::words::Word;

/// How large an expression is when it is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// Levels, its own among them.
    pub(super) depth: u32,
    /// Parts, it itself among them.
    pub(super) parts: u64,
}

impl Size {
    /// The size with one more part that lies so many levels below.
    fn with(self, part: Self, level: u32) -> Self {
        let depth = self.depth.max(part.depth.saturating_add(level));
        Self { depth, parts: self.parts.saturating_add(part.parts) }
    }
}

const LEAF: Size = Size { depth: 1, parts: 1 };

/// How many parts may be written out for each triple of a graph. A node that two axioms share
/// is written twice; nobody shares one with dozens, but sharing within what is shared doubles at
/// each level.
const PARTS_PER_TRIPLE: u64 = 32;

/// Parts that may be written out however few triples there are.
const FREE_PARTS: u64 = 1 << 16;

/// Why an expression is not read, each told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It nests deeper than forms may.
    TooDeep,
    /// It contains itself.
    Endless,
    /// Written out, what is shared is far larger than the document.
    TooLarge,
}

/// What is known of lists and expressions so far.
pub(super) struct Sizes {
    parts_left: u64,
    /// The lengths of lists by their cells; none of those that do not end.
    lengths: HashMap<TermId, Option<u32>>,
    sizes: HashMap<TermId, Result<Size, Flaw>>,
}

/// The items of a list with the triples that it is made of.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Items {
    pub(super) items: Vec<TermId>,
    pub(super) triples: Vec<TripleId>,
}

/// An expression that is being measured.
struct Open {
    node: TermId,
    parts: Vec<TermId>,
    next: usize,
    /// Levels that it adds to its parts: a list is none by itself.
    level: u32,
    size: Result<Size, Flaw>,
}

impl Sizes {
    pub(super) fn new(graph: &Graph) -> Self {
        Self {
            parts_left: graph.triples.len() as u64 * PARTS_PER_TRIPLE + FREE_PARTS,
            lengths: HashMap::new(),
            sizes: HashMap::new(),
        }
    }

    /// Takes what writing out so many parts costs; false if they are too many.
    pub(super) fn spend(&mut self, parts: u64) -> bool {
        match self.parts_left.checked_sub(parts) {
            Some(left) => {
                self.parts_left = left;
                true
            }
            None => false,
        }
    }

    /// How many items a list has; `None` if it branches, breaks off or runs in a circle.
    pub(super) fn length(&mut self, graph: &Graph, list: TermId) -> Option<u32> {
        let mut path = Vec::new();
        let mut at = list;
        let end = loop {
            if at == Word::Nil.term() {
                break Some(0);
            }
            if let Some(known) = self.lengths.get(&at) {
                break *known;
            }
            // Met again before its length is known, it is part of a circle.
            self.lengths.insert(at, None);
            let first = graph.only(at, Word::First);
            let rest = first.and_then(|_| graph.only(at, Word::Rest));
            // What is something else besides is measured as that, so it is no cell.
            let Some((_, rest)) = rest.filter(|_| graph.role(at) == Role::Cell) else {
                break None;
            };
            path.push(at);
            at = rest;
        };
        let mut length = end?;
        for cell in path.into_iter().rev() {
            length += 1;
            self.lengths.insert(cell, Some(length));
        }
        Some(length)
    }

    /// The items of a list.
    pub(super) fn items(&mut self, graph: &Graph, list: TermId) -> Option<Items> {
        let length = self.length(graph, list)? as usize;
        let mut found =
            Items { items: Vec::with_capacity(length), triples: Vec::with_capacity(2 * length) };
        let mut at = list;
        while at != Word::Nil.term() {
            let (first, item) = graph.only(at, Word::First)?;
            let (rest, next) = graph.only(at, Word::Rest)?;
            found.items.push(item);
            found.triples.extend([first, rest]);
            found.triples.extend(graph.find([at, Word::Type.term(), Word::List.term()]));
            at = next;
        }
        Some(found)
    }

    /// How large an expression or a list is.
    ///
    /// # Errors
    ///
    /// Why it cannot be written out.
    pub(super) fn measure(&mut self, graph: &Graph, term: TermId) -> Result<Size, Flaw> {
        if let Some(known) = self.known(graph, term) {
            return known;
        }
        let mut open = vec![self.open(graph, term)];
        let mut last = Ok(LEAF);
        while let Some(top) = open.last_mut() {
            let Some(part) = top.parts.get(top.next).copied() else {
                last = top.size;
                self.sizes.insert(top.node, last);
                open.pop();
                continue;
            };
            match self.known(graph, part) {
                Some(known) => {
                    top.next += 1;
                    top.size = top.size.and_then(|size| Ok(size.with(known?, top.level)));
                }
                None => {
                    let part = self.open(graph, part);
                    open.push(part);
                }
            }
        }
        last
    }

    fn known(&self, graph: &Graph, term: TermId) -> Option<Result<Size, Flaw>> {
        match graph.role(term) {
            Role::Plain | Role::Statement => Some(Ok(LEAF)),
            _ => self.sizes.get(&term).copied(),
        }
    }

    fn open(&mut self, graph: &Graph, node: TermId) -> Open {
        // Met again before its size is known, it contains itself.
        self.sizes.insert(node, Err(Flaw::Endless));
        let mut parts = Vec::new();
        let is_list = graph.role(node) == Role::Cell;
        let mut size = Ok(LEAF);
        if is_list {
            let length = self.length(graph, node).unwrap_or_default();
            if self.spend(length.into()) {
                parts.extend(self.items(graph, node).map(|found| found.items).unwrap_or_default());
            } else {
                size = Err(Flaw::TooLarge);
            }
        } else {
            for at in graph.about(node) {
                let triple = graph.triple(*at);
                match Word::of(triple.property) {
                    Some(word) if is_structural(word) => parts.push(triple.object),
                    Some(_) => {}
                    None => break,
                }
            }
        }
        Open { node, parts, next: 0, level: u32::from(!is_list), size }
    }
}

/// Whether what such a word leads to is part of an expression.
pub(super) fn is_structural(word: Word) -> bool {
    CONNECTIVES.contains(&word)
        || CONDITIONS.contains(&word)
        || matches!(
            word,
            Word::OnProperty
                | Word::OnClass
                | Word::OnDataRange
                | Word::WithRestrictions
                | Word::InverseOf
        )
}
