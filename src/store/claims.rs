//! The claims that an item makes, whatever it is, one at a time.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::claim::{self, Claim};
use crate::name::{Name, Rank};
use crate::owl::Ontology;
use crate::record::{Block, Reference, SuppliedName};

/// Whose claims they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Claims<'a> {
    /// A page's: its blocks.
    OfPage(&'a [Block]),
    /// An ontology's: its classes.
    OfOntology(&'a Ontology),
}

impl<'a> Claims<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Self::OfPage(blocks) => blocks.len(),
            Self::OfOntology(ontology) => ontology.classes.len(),
        }
    }

    /// The claim in a place.
    pub(super) fn get(self, at: usize) -> Claim<'a> {
        match self {
            Self::OfPage(blocks) => Claim::of_block(&blocks[at]),
            Self::OfOntology(ontology) => Claim::of_class(ontology, &ontology.classes[at]),
        }
    }

    /// The names that it supplies.
    pub(super) fn names(self, at: usize) -> Cow<'a, [SuppliedName]> {
        match self {
            Self::OfPage(blocks) => Cow::Borrowed(&blocks[at].names),
            Self::OfOntology(ontology) => Cow::Owned(claim::names(ontology, &ontology.classes[at])),
        }
    }

    /// What it refers to.
    pub(super) fn references(self, at: usize) -> Cow<'a, [Reference]> {
        match self {
            Self::OfPage(blocks) => Cow::Borrowed(&blocks[at].references),
            Self::OfOntology(ontology) => {
                Cow::Owned(claim::parents(ontology, &ontology.classes[at]).collect())
            }
        }
    }

    /// What is referred to, but for what an ontology itself claims by its IRI.
    fn targets(self) -> Targets {
        let mut targets = Targets::default();
        match self {
            Self::OfPage(blocks) => {
                let references = blocks.iter().flat_map(|block| &block.references);
                references.for_each(|reference| targets.add(&reference.target));
            }
            Self::OfOntology(ontology) => {
                let mut is_own = vec![false; ontology.entities.len()];
                ontology.classes.iter().for_each(|class| is_own[class.entity as usize] = true);
                let parents = ontology.classes.iter().flat_map(|class| &class.parents);
                for (parent, _) in parents.filter(|(parent, _)| !is_own[*parent as usize]) {
                    let iri = &ontology.entities[*parent as usize].expanded;
                    Name::new(iri).iter().for_each(|name| targets.add(name));
                }
            }
        }
        targets
    }
}

#[derive(Default)]
struct Targets {
    exact: BTreeSet<String>,
    folded: BTreeSet<String>,
}

impl Targets {
    fn add(&mut self, Name { exact, folded }: &Name) {
        if !self.exact.contains(exact) {
            self.exact.insert(exact.clone());
            self.folded.insert(folded.clone());
        }
    }

    fn is_like(&self, name: &Name) -> bool {
        self.exact.contains(&name.exact) || self.folded.contains(&name.folded)
    }
}

/// The names an item supplies itself, as far as it refers to what is like them: to know which of
/// its references they must not answer.
pub(super) struct OwnNames {
    strongest: BTreeMap<String, Rank>,
    folds: BTreeSet<String>,
}

impl OwnNames {
    pub(super) fn of(claims: Claims<'_>) -> Self {
        let mut own = Self { strongest: BTreeMap::new(), folds: BTreeSet::new() };
        let targets = claims.targets();
        if targets.exact.is_empty() {
            return own;
        }
        for at in 0..claims.len() {
            let names = claims.names(at);
            for SuppliedName { name, rank } in names.iter().filter(|it| targets.is_like(&it.name)) {
                let known = own.strongest.entry(name.exact.clone()).or_insert(*rank);
                *known = (*known).min(*rank);
                own.folds.insert(name.folded.clone());
            }
        }
        own
    }

    /// Whether the item supplies `name`, but only weakly: by a weak rank or by a fold.
    pub(super) fn supply_weakly(&self, name: &Name) -> bool {
        match self.strongest.get(&name.exact) {
            Some(rank) => *rank > Rank::LAST_STRONG,
            None => !name.folded.is_empty() && self.folds.contains(&name.folded),
        }
    }
}
