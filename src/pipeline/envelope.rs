//! The envelope: an item on its way, with its duty to report how it ended.
//!
//! Whatever happens to it, exactly one ending is reported; dropped unfinished, it reports
//! that it is lost, and the item is pending again.

use ractor::ActorRef;
use tokio::sync::mpsc;

use super::in_flight::Place;
use crate::checkpoint::Saved;
use crate::failpoint::sabotaged;
use crate::item::{ItemKey, Outcome, Sequence, SkipReason, SourceItem};
use crate::parse::Rejection;
use crate::progress::{Finished, Held, ProgressMessage};
use crate::source::Listed;
use crate::store::{ReadOrder, StoreError};

/// An item between source and store.
#[derive(Debug)]
pub(crate) struct Envelope {
    key: ItemKey,
    sequence: Sequence,
    read: ReadOrder,
    size_bytes: u64,
    /// Taken out by the worker.
    body: Option<Body>,
    /// What to do again if this ends without an outcome; gone once it has one.
    redo: Option<Redo>,
    outlet: Outlet,
    /// Dropped last, or handed on with the ending: that is reported before the place is free.
    place: Option<Place>,
}

/// What is to become of an item.
#[derive(Debug)]
pub(crate) enum Body {
    /// Content, to be parsed and stored.
    Item(SourceItem),
    /// Left out already, to be recorded.
    Skipped { reason: SkipReason, detail: String },
    /// Not usable already, to be recorded.
    Rejected(Rejection),
}

/// An item that came back without an outcome.
#[derive(Clone, Debug)]
pub(crate) struct Redo {
    pub(crate) listed: Listed,
    pub(crate) sequence: Sequence,
    /// How often its worker died.
    pub(crate) losses: u32,
}

/// Where endings are reported.
#[derive(Clone, Debug)]
pub(crate) struct Outlet {
    pub(crate) progress: ActorRef<ProgressMessage>,
    /// Bounded by places in flight: what comes back had one.
    pub(crate) redo: mpsc::UnboundedSender<Redo>,
}

impl Envelope {
    pub(crate) fn new(
        redo: Redo,
        body: Body,
        read: ReadOrder,
        place: Place,
        outlet: Outlet,
    ) -> Self {
        let key = redo.listed.key.clone();
        // A mailbox that is gone belongs to a job that has ended; nobody counts any more.
        let _ = outlet.progress.cast(ProgressMessage::Dispatched(key.clone()));
        let size_bytes = match &body {
            Body::Item(item) => item.content.len() as u64,
            Body::Skipped { .. } | Body::Rejected(_) => 0,
        };
        let (sequence, body, redo) = (redo.sequence, Some(body), Some(redo));
        Self { key, sequence, read, size_bytes, body, redo, outlet, place: Some(place) }
    }

    pub(crate) fn key(&self) -> &ItemKey {
        &self.key
    }

    pub(crate) fn sequence(&self) -> Sequence {
        self.sequence
    }

    pub(crate) fn read(&self) -> ReadOrder {
        self.read
    }

    /// The body, once.
    pub(crate) fn open(&mut self) -> Option<Body> {
        self.body.take()
    }

    /// Asks for the job to pause.
    pub(crate) fn pause(&self, reason: String) {
        let _ = self.outlet.progress.cast(ProgressMessage::Stuck(reason));
    }

    /// Says that the item is tried once more.
    pub(crate) fn retried(&self) {
        let _ = self.outlet.progress.cast(ProgressMessage::Retried);
    }

    /// The item has its outcome, and it is committed.
    pub(crate) fn finish(
        mut self,
        outcome: Outcome,
        saved: Saved,
        rejected: Option<(&'static str, &'static str, String)>,
    ) {
        self.redo = None;
        let finished = Finished {
            sequence: self.sequence,
            key: self.key.clone(),
            outcome,
            saved,
            bytes: self.size_bytes,
            rejected,
            held: Held(Box::new(self.place.take())),
        };
        let _ = self.outlet.progress.cast(ProgressMessage::Finished(finished));
    }

    /// The surroundings failed these items together: once, however many they are. They are
    /// pending again.
    pub(crate) fn give_back(group: Vec<Self>, error: &StoreError) {
        if let Some(first) = group.first() {
            let _ = first.outlet.progress.cast(ProgressMessage::Failed {
                key: first.key.clone(),
                items: group.len() as u64,
                class: error.class(),
                code: error.code(),
                message: error.to_string(),
            });
        }
        for mut envelope in group {
            if let Some(redo) = envelope.redo.take() {
                let _ = envelope.outlet.redo.send(redo);
            }
        }
    }
}

impl Drop for Envelope {
    fn drop(&mut self) {
        // Dropped unfinished: a worker died, or a mailbox was closed on us.
        if let Some(mut redo) = self.redo.take() {
            if sabotaged!("sabotage::no_drop") {
                return;
            }
            redo.losses += 1;
            let _ = self.outlet.progress.cast(ProgressMessage::Lost(self.key.clone()));
            let _ = self.outlet.redo.send(redo);
        }
    }
}
