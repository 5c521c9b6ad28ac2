//! The scan: lists a source, compares with the store, reads what may have changed, and hands
//! it to idle workers, never more than there are places in flight.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use backon::Retryable;
use ractor::ActorRef;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::envelope::{Body, Envelope, Outlet, Redo};
use super::group::{Group, taken};
use super::in_flight::{InFlight, Place};
use super::pace::Pace;
use super::retry::backoff;
use super::scan_end::{ScanEnd, ScanError};
use super::stop::{Break, unless_stopped};
use super::stored::{Comparison, Lacking, Stored};
use super::verdict::{Decision, Stands};
use super::worker_actor::WorkerMessage;
use crate::checkpoint::Saved;
use crate::failpoint::failpoint;
use crate::fingerprint::{Reading, fingerprint};
use crate::item::{ItemKey, Outcome, Sequence, SkipReason};
use crate::parse::{Rejection, Stage};
use crate::progress::{Held, Looked, ProgressMessage};
use crate::source::{Fetched, Listed, ListedKind, Listing, Missing, Pinned, SourceError};
use crate::store::{ItemState, ReadOrder, StoreError};

/// Times that an item's worker may die before the item is rejected.
const LOSSES: u32 = 3;

/// A scan and all that it needs.
pub(crate) struct Scan {
    pub(crate) pinned: Arc<dyn Pinned>,
    pub(crate) listing: Box<dyn Listing>,
    pub(crate) stored: Stored,
    pub(crate) epoch: i64,
    pub(crate) decision: Decision,
    pub(crate) reading: Reading,
    pub(crate) in_flight: InFlight,
    /// Items that are gathered, to be parsed and committed together.
    pub(crate) group: Group,
    pub(crate) pace: Option<Pace>,
    pub(crate) idle: mpsc::UnboundedReceiver<ActorRef<WorkerMessage>>,
    pub(crate) redo: mpsc::UnboundedReceiver<Redo>,
    pub(crate) outlet: Outlet,
    /// True once the scan is to stop.
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) next_sequence: u64,
    /// How many items were read under this lease.
    pub(crate) reads: Arc<AtomicI64>,
    /// Keys that were asked for and that neither source nor store knows.
    pub(crate) unknown: Vec<ItemKey>,
    /// Items of the last chunk that stand as they are.
    pub(crate) seen: Option<Seen>,
}

/// Items that stand as they are, and the write that remembers them, where one is under way.
pub(crate) struct Seen {
    write: Option<JoinHandle<Result<(), StoreError>>>,
    looked: Vec<Looked>,
}

impl Scan {
    pub(crate) async fn run(mut self) -> ScanEnd {
        match self.scan().await {
            Ok(()) => ScanEnd::Listed { gaps: self.listing.gaps().to_vec(), unknown: self.unknown },
            Err(broken) => {
                // What was gathered is pending again; what workers have belongs to this job.
                self.group.let_go();
                self.in_flight.drained().await;
                match broken {
                    Break::Stopped => ScanEnd::Stopped,
                    Break::Failed(error) => ScanEnd::Failed(error),
                }
            }
        }
    }

    async fn scan(&mut self) -> Result<(), Break> {
        self.survey().await?;
        let mut last = None;
        loop {
            let chunk = self.list().await?;
            let Some(end) = chunk.last() else { break };
            let end = end.key.clone();
            if self.stored.comparison == Comparison::Merge {
                in_order(last.as_ref(), &chunk)?;
            }
            self.tell(ProgressMessage::Listed(chunk.len() as u64));
            let states = self.stored.states(last.as_ref(), chunk, Lacking::Noted).await;
            self.tell_lacking();
            let (chunk, states) = states?;
            self.take_up(chunk, states).await?;
            self.redo_lost().await?;
            last = Some(end);
        }
        self.tell_seen().await?;
        failpoint!("pipeline::listed");
        // What is in flight is not decided yet, and would pass for what nobody has seen.
        self.drain().await?;
        let noted = self.stored.note_rest(last.as_ref()).await;
        self.tell_lacking();
        Ok(noted?)
    }

    /// The next keys, asked for again and later while the source fails.
    async fn list(&mut self) -> Result<Vec<Listed>, Break> {
        let mut waits = backon::BackoffBuilder::build(backoff());
        loop {
            match unless_stopped(&mut self.stop, self.listing.next()).await? {
                Err(error) if error.is_transient() => {
                    let Some(wait) = waits.next() else { return Err(error.into()) };
                    tracing::warn!(%error, "the listing is asked again");
                    self.hand_out().await?;
                    unless_stopped(&mut self.stop, tokio::time::sleep(wait)).await?;
                }
                listed => return Ok(listed?),
            }
        }
    }

    /// Walks the whole listing once before anything is fetched, where that can be done unread
    /// and again, so that the source knows how much will be asked of it.
    async fn survey(&mut self) -> Result<(), Break> {
        if self.stored.comparison != Comparison::Merge || !self.pinned.is_exact() {
            return Ok(());
        }
        let mut listing = self.pinned.list();
        let mut missing = Missing::default();
        let (mut total, mut last) = (0, None);
        loop {
            let chunk = unless_stopped(&mut self.stop, listing.next()).await??;
            let Some(end) = chunk.last() else { break };
            let end = end.key.clone();
            let looked = self.stored.states(last.as_ref(), chunk, Lacking::Passed).await?;
            let (chunk, states) = looked;
            total += chunk.len() as u64;
            for (listed, state) in chunk.iter().zip(&states) {
                if let ListedKind::Item { size_bytes, .. } = &listed.kind
                    && self.stands_unread(listed, state.as_ref()).is_none()
                {
                    missing.items += 1;
                    missing.bytes += size_bytes;
                }
            }
            last = Some(end);
        }
        self.tell(ProgressMessage::Estimated(total));
        let pinned = self.pinned.clone();
        if let Some(way) = unless_stopped(&mut self.stop, pinned.prepare(missing)).await?? {
            tracing::info!(items = missing.items, bytes = missing.bytes, way, "fetching");
        }
        Ok(())
    }

    /// How an item stands, if that can be told by what its listing says.
    fn stands_unread(&self, listed: &Listed, state: Option<&ItemState>) -> Option<Stands> {
        match &listed.kind {
            ListedKind::Item { git_sha1, .. } => {
                self.decision.on_git_sha1(git_sha1.as_deref()?, &self.reading, state?)
            }
            ListedKind::Delivered { content_digest, .. } => {
                self.decision.on_content(&fingerprint(content_digest, &self.reading), state?)
            }
            ListedKind::Skipped { reason, .. } => self.decision.on_skip(*reason, state?),
        }
    }

    fn tell_lacking(&mut self) {
        let candidates = std::mem::take(&mut self.stored.lacking);
        if candidates > 0 {
            let (deleted, withheld, found_again) = (0, 0, 0);
            self.tell(ProgressMessage::Deletions { candidates, deleted, withheld, found_again });
        }
    }

    /// Decides a chunk: looks at what can be told unread, reads the rest in places in flight.
    async fn take_up(
        &mut self,
        chunk: Vec<Listed>,
        states: Vec<Option<ItemState>>,
    ) -> Result<(), Break> {
        self.tell_seen().await?;
        let mut looked = Vec::with_capacity(chunk.len());
        let mut seen = Vec::new();
        let mut wanted = Vec::new();
        let mut changed = Vec::new();
        for (listed, state) in chunk.into_iter().zip(states) {
            let sequence = Sequence(self.next_sequence);
            self.next_sequence += 1;
            if let Some(stands) = self.stands_unread(&listed, state.as_ref()) {
                seen.extend(state.map(|state| state.id));
                looked.push(look(stands, sequence, listed.key));
                continue;
            }
            let (listed, body) = taken(listed);
            let redo = Redo { listed, sequence, losses: 0 };
            match body {
                Some(body) => changed.push((redo, body)),
                None => wanted.push((redo, state)),
            }
        }
        let write = self.stored.seen(seen).map(tokio::spawn);
        self.seen = Some(Seen { write, looked });
        if self.pace.is_some() {
            self.tell_seen().await?;
        }
        for (redo, body) in changed {
            self.keep_pace(&redo.listed.key).await?;
            let place = self.place(size(&redo.listed)).await?;
            self.gather(redo, body, place).await?;
        }
        self.hand_out().await?;
        self.read_all(wanted).await
    }

    /// Tells of items that were seen in the chunk before, once that is remembered: a checkpoint
    /// behind them must not be ahead of it. The store writes while the next chunk is looked up.
    async fn tell_seen(&mut self) -> Result<(), Break> {
        let Some(Seen { write, looked }) = self.seen.take() else { return Ok(()) };
        if let Some(write) = write {
            let died = |_| ScanError::Died("the task that remembers items died".to_owned());
            write.await.map_err(died)??;
        }
        if self.pace.is_none() {
            return self.tell_looked(looked).await;
        }
        // Each is told in its turn, for a job that is paused meanwhile goes on behind it.
        for one in looked {
            self.keep_pace(&one.key).await?;
            self.tell_looked(vec![one]).await?;
        }
        Ok(())
    }

    /// Tells of items that stand as they are. The message holds a place until it is heard, so
    /// there are no more of them than places.
    async fn tell_looked(&mut self, looked: Vec<Looked>) -> Result<(), Break> {
        if !looked.is_empty() {
            let place = self.place(0).await?;
            self.tell(ProgressMessage::Looked(looked, Held(Box::new(place))));
        }
        Ok(())
    }

    /// Reads what is wanted, batch by batch, as places in flight allow.
    async fn read_all(&mut self, wanted: Vec<(Redo, Option<ItemState>)>) -> Result<(), Break> {
        let mut wanted = wanted.into_iter().peekable();
        let limit = self.pinned.batch();
        while wanted.peek().is_some() {
            let mut batch = Vec::new();
            let mut places = Vec::new();
            let mut asked_bytes = 0;
            while let Some((next, _)) = wanted.peek()
                && batch.len() < limit.items
            {
                let bytes = size(&next.listed);
                if !batch.is_empty() && asked_bytes + bytes > limit.bytes {
                    break;
                }
                asked_bytes += bytes;
                let place = match self.in_flight.try_take(bytes) {
                    Some(place) => place,
                    None if batch.is_empty() => self.place(bytes).await?,
                    None => break,
                };
                places.push(place);
                batch.extend(wanted.next());
            }
            for (redo, _) in &batch {
                self.keep_pace(&redo.listed.key).await?;
            }
            self.read(batch, places).await?;
        }
        Ok(())
    }

    /// Reads items and hands on those that are not as the store has them.
    async fn read(
        &mut self,
        batch: Vec<(Redo, Option<ItemState>)>,
        places: Vec<Place>,
    ) -> Result<(), Break> {
        let listed: Vec<Listed> = batch.iter().map(|(redo, _)| redo.listed.clone()).collect();
        let fetched = self.fetch(&listed).await?;
        let mut looked = Vec::new();
        let mut seen = Vec::new();
        let mut held = Vec::new();
        let mut changed = Vec::new();
        for (((redo, state), place), fetched) in batch.into_iter().zip(places).zip(fetched) {
            let stands = state.as_ref().and_then(|state| match &fetched {
                Fetched::Item(item) => {
                    let fingerprint = fingerprint(&item.content_digest, &self.reading);
                    self.decision.on_content(&fingerprint, state)
                }
                Fetched::Skipped { reason, .. } => self.decision.on_skip(*reason, state),
                Fetched::Corrupt { .. } => None,
            });
            let stands = stands.or_else(|| self.unknown(&redo, state.as_ref(), &fetched));
            match stands {
                Some(stands) => {
                    seen.extend(state.map(|state| state.id));
                    looked.push(look(stands, redo.sequence, redo.listed.key));
                    held.push(place);
                }
                None => changed.push((redo, place, fetched)),
            }
        }
        if let Some(write) = self.stored.seen(seen) {
            write.await?;
        }
        self.tell(ProgressMessage::Looked(looked, Held(Box::new(held))));
        for (redo, mut place, fetched) in changed {
            let body = match fetched {
                Fetched::Item(item) => {
                    let bytes = item.content.len() as u64;
                    // What was gathered may hold the bytes that are missing.
                    self.hand_out().await?;
                    unless_stopped(&mut self.stop, self.in_flight.fit(&mut place, bytes)).await?;
                    Body::Item(item)
                }
                Fetched::Skipped { reason, detail } => Body::Skipped { reason, detail },
                Fetched::Corrupt { detail: message } => {
                    Body::Rejected(Rejection { stage: Stage::Read, code: "corrupt", message })
                }
            };
            self.gather(redo, body, place).await?;
        }
        self.hand_out().await
    }

    /// How a key stands that somebody asked for and nobody knows: it is told, and leaves nothing.
    fn unknown(
        &mut self,
        redo: &Redo,
        state: Option<&ItemState>,
        fetched: &Fetched,
    ) -> Option<Stands> {
        let reason = SkipReason::Vanished;
        let is_gone = matches!(fetched, Fetched::Skipped { reason: found, .. } if *found == reason);
        let is_asked_for = self.stored.comparison == Comparison::Part && redo.losses == 0;
        if !is_asked_for || !is_gone || state.is_some() {
            return None;
        }
        self.unknown.push(redo.listed.key.clone());
        let (outcome, saved) = (Outcome::Skipped(reason), Saved::default());
        Some(Stands { outcome, is_done_before: false, saved })
    }

    /// Asks the source, again and later while it fails.
    async fn fetch(&mut self, listed: &[Listed]) -> Result<Vec<Fetched>, Break> {
        let pinned = self.pinned.clone();
        let fetch = || pinned.fetch(listed);
        let told = |error: &SourceError, _| tracing::warn!(%error, "items are asked for again");
        let fetched = fetch.retry(backoff()).when(SourceError::is_transient).notify(told);
        Ok(unless_stopped(&mut self.stop, fetched).await??)
    }

    /// A place in flight. What was gathered must not wait for it, for it may have to come from
    /// there.
    async fn place(&mut self, bytes: u64) -> Result<Place, Break> {
        if let Some(place) = self.in_flight.try_take(bytes) {
            return Ok(place);
        }
        self.hand_out().await?;
        unless_stopped(&mut self.stop, self.in_flight.take(bytes)).await
    }

    /// Waits until another item may be taken up, where somebody limits how many may.
    async fn keep_pace(&mut self, key: &ItemKey) -> Result<(), Break> {
        let Some(pace) = self.pace.clone() else { return Ok(()) };
        if !pace.is_free() {
            self.hand_out().await?;
            tracing::debug!(%key, "waits for its turn");
            unless_stopped(&mut self.stop, pace.turn()).await?;
        }
        Ok(())
    }

    /// Puts an item into the group, and hands that out once it is full.
    async fn gather(&mut self, redo: Redo, body: Body, place: Place) -> Result<(), Break> {
        self.group.push(redo, body, place);
        if self.group.is_full() { self.hand_out().await } else { Ok(()) }
    }

    /// Waits for an idle worker and gives it the group.
    async fn hand_out(&mut self) -> Result<(), Break> {
        if self.group.is_empty() {
            return Ok(());
        }
        let died = || ScanError::Died("every worker died".to_owned());
        let worker = unless_stopped(&mut self.stop, self.idle.recv()).await?.ok_or_else(died)?;
        let (epoch, outlet) = (self.epoch, &self.outlet);
        let group = self.group.take(|redo, body, place| {
            let counter = self.reads.fetch_add(1, Ordering::Relaxed);
            Envelope::new(redo, body, ReadOrder { epoch, counter }, place, outlet.clone())
        });
        // If the worker died while idle, the envelopes come back lost, and are done again.
        let _ = worker.cast(WorkerMessage::Work(group));
        failpoint!("pipeline::dispatched");
        Ok(())
    }

    /// Does again what came back without an outcome.
    async fn redo_lost(&mut self) -> Result<(), Break> {
        while let Ok(redo) = self.redo.try_recv() {
            self.redo_one(redo).await?;
        }
        Ok(())
    }

    async fn redo_one(&mut self, redo: Redo) -> Result<(), Break> {
        let place = self.place(size(&redo.listed)).await?;
        if redo.losses > LOSSES {
            let died = format!("{} lost its worker {} times", redo.listed.key, redo.losses);
            return Err(ScanError::Died(died).into());
        }
        if redo.losses == LOSSES {
            let message = format!("its worker died {LOSSES} times");
            let rejection = Rejection { stage: Stage::Parse, code: "worker_died", message };
            self.gather(redo, Body::Rejected(rejection), place).await?;
            return self.hand_out().await;
        }
        match redo.listed.kind.clone() {
            ListedKind::Item { .. } | ListedKind::Delivered { .. } => {
                // An item that came back is written again, whatever the store says.
                self.read(vec![(redo, None)], vec![place]).await
            }
            ListedKind::Skipped { reason, detail } => {
                self.gather(redo, Body::Skipped { reason, detail }, place).await?;
                self.hand_out().await
            }
        }
    }

    /// Waits for everything in flight, and does again what comes back.
    async fn drain(&mut self) -> Result<(), Break> {
        loop {
            let in_flight = self.in_flight.clone();
            let mut stop = self.stop.clone();
            let returned = tokio::select! {
                biased;
                redo = self.redo.recv() => redo,
                _ = unless_stopped(&mut stop, in_flight.drained()) => None,
            };
            match returned {
                Some(redo) => self.redo_one(redo).await?,
                // An item comes back before its place does, so by now it is in the queue.
                None if self.redo.is_empty() && !*self.stop.borrow() => return Ok(()),
                None if *self.stop.borrow() => return Err(Break::Stopped),
                None => {}
            }
        }
    }

    fn tell(&self, message: ProgressMessage) {
        // A mailbox that is gone belongs to a job that has ended.
        let _ = self.outlet.progress.cast(message);
    }
}

fn in_order(last: Option<&ItemKey>, chunk: &[Listed]) -> Result<(), ScanError> {
    let keys = last.into_iter().chain(chunk.iter().map(|listed| &listed.key));
    match keys.clone().zip(keys.skip(1)).find(|(before, after)| before >= after) {
        None => Ok(()),
        Some((before, after)) => {
            Err(ScanError::Disorder { before: before.to_string(), after: after.to_string() })
        }
    }
}

fn size(listed: &Listed) -> u64 {
    match listed.kind {
        ListedKind::Item { size_bytes, .. } => size_bytes,
        ListedKind::Delivered { ref content, .. } => content.len() as u64,
        ListedKind::Skipped { .. } => 0,
    }
}

fn look(stands: Stands, sequence: Sequence, key: ItemKey) -> Looked {
    let Stands { outcome, is_done_before, saved } = stands;
    Looked { sequence, key, outcome, is_done_before, saved }
}
