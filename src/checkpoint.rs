//! Checkpoints and counters: how far a job is, and how its items ended.
//!
//! A checkpoint speaks only of the gap-free prefix of a job; counters speak of all of it.

use serde::{Deserialize, Serialize};

use crate::item::{ItemKey, Outcome};

/// How items ended whose row the present attempt did not have to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Untouched {
    /// The store holds this very version.
    pub unchanged: u64,
    /// Skipped before, for a reason that still holds.
    pub skipped: u64,
    /// Rejected before, in this very version; the dead letter stands.
    pub rejected: u64,
    /// Written, skipped or rejected by an earlier attempt of the same job.
    pub done_before: u64,
}

impl Untouched {
    /// How many items these are.
    pub fn total(&self) -> u64 {
        self.unchanged + self.skipped + self.rejected + self.done_before
    }

    /// Adds another count to this one.
    pub fn add(&mut self, other: &Self) {
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.rejected += other.rejected;
        self.done_before += other.done_before;
    }
}

/// The finished prefix of a job: everything listed up to here has its outcome, committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// The attempt that wrote it, from 1.
    pub attempt: u32,
    /// How many listed items the prefix holds.
    pub watermark: u64,
    /// The key of its last item.
    pub cursor: Option<ItemKey>,
    /// How many of them the attempt only looked at.
    pub untouched: Untouched,
    /// How they ended.
    pub counters: Counters,
}

/// How the items of a job ended so far. Sums hold at every moment; see [`Counters::pending`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Items the source has shown.
    pub listed: u64,
    /// A new version stands in the store.
    pub written: u64,
    /// The store held this very version.
    pub unchanged: u64,
    /// Left out for a reason.
    pub skipped: u64,
    /// Could not be used.
    pub rejected: u64,
    /// A newer version was stored first.
    pub superseded: u64,
    /// Handed to a worker and not back yet.
    pub in_flight: u64,
    /// Tries beyond the first, of whatever item.
    pub retried: u64,
    /// Bytes of content read from the source.
    pub bytes: u64,
    /// Items that a complete listing lacked. The sum is
    /// `candidates = deleted + withheld + found_again`, once deletions have been decided.
    pub candidates: u64,
    /// Removed from the store.
    pub deleted: u64,
    /// Not removed, for want of approval or proof.
    pub withheld: u64,
    /// Candidates that the source had after all.
    pub found_again: u64,
    /// Rows that consumers see because of items this job wrote.
    pub saved: Saved,
    /// Pages written that are part of the graph.
    pub graph_pages: u64,
    /// Pages written that claim at least one class.
    pub ontology_pages: u64,
}

/// Rows that consumers see because of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// Classes it claims.
    pub classes: u64,
    /// OWL properties it declares.
    pub properties: u64,
    /// Axioms it states.
    pub axioms: u64,
    /// Nodes of the graph.
    pub nodes: u64,
    /// Links of the graph.
    pub edges: u64,
}

impl Counters {
    /// Items listed that are neither finished nor in flight: what remains of
    /// `listed = written + unchanged + skipped + rejected + superseded + in flight + pending`.
    pub fn pending(&self) -> u64 {
        self.listed.saturating_sub(self.finished() + self.in_flight)
    }

    /// Items that have their outcome.
    pub fn finished(&self) -> u64 {
        self.written + self.unchanged + self.skipped + self.rejected + self.superseded
    }

    /// Counts one outcome.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Written => self.written += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Skipped(_) => self.skipped += 1,
            Outcome::Rejected => self.rejected += 1,
            Outcome::Superseded => self.superseded += 1,
        }
    }

    /// Adds what is counted item by item.
    pub fn add(&mut self, other: &Self) {
        self.listed += other.listed;
        self.written += other.written;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.rejected += other.rejected;
        self.superseded += other.superseded;
        self.bytes += other.bytes;
        self.saved.classes += other.saved.classes;
        self.saved.properties += other.saved.properties;
        self.saved.axioms += other.saved.axioms;
        self.saved.nodes += other.saved.nodes;
        self.saved.edges += other.saved.edges;
        self.graph_pages += other.graph_pages;
        self.ontology_pages += other.ontology_pages;
    }

    /// Counts the rows that one item stands for.
    pub fn count_saved(&mut self, saved: &Saved) {
        self.saved.classes += saved.classes;
        self.saved.properties += saved.properties;
        self.saved.axioms += saved.axioms;
        self.saved.nodes += saved.nodes;
        self.saved.edges += saved.edges;
        self.graph_pages += u64::from(saved.nodes > 0);
        self.ontology_pages += u64::from(saved.classes > 0);
    }
}
