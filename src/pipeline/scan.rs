//! The scan: lists a source, compares with the store, reads what may have changed, and hands
//! it to idle workers, never more than there are places in flight.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use backon::Retryable;
use ractor::ActorRef;
use tokio::sync::{mpsc, watch};

use super::envelope::{Body, Envelope, Outlet, Redo};
use super::in_flight::{InFlight, Place};
use super::retry::backoff;
use super::verdict::{Decision, Stands};
use super::worker_actor::WorkerMessage;
use crate::failpoint::failpoint;
use crate::fingerprint::{Reading, fingerprint};
use crate::item::{ItemKey, Sequence};
use crate::parse::{Rejection, Stage};
use crate::progress::{Looked, ProgressMessage};
use crate::source::{Fetched, Gap, Listed, ListedKind, Listing, Missing, Pinned, SourceError};
use crate::store::{ItemState, ReadOrder, Reader, StoreError, Writer, note};

/// Rows of the store in one answer.
const STATES: usize = 512;

/// Times that an item's worker may die before the item is rejected.
const LOSSES: u32 = 3;

/// How a scan ended, with everything it handed out finished or given back.
#[derive(Debug)]
pub(crate) enum ScanEnd {
    /// Every key was seen, but for those in the gaps.
    Listed(Vec<Gap>),
    /// It was told to stop.
    Stopped,
    /// It could not go on.
    Failed(ScanError),
}

/// Why a scan could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The source failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The source lists its keys in no order; nothing can be concluded from what is missing.
    #[error("the source lists {after} behind {before}, which is not the order of bytes")]
    Disorder {
        /// A key.
        before: String,
        /// The key listed behind it.
        after: String,
    },
    /// A part of the engine died more often than it may.
    #[error("{0}")]
    Died(String),
}

/// A scan and all that it needs.
pub(crate) struct Scan {
    pub(crate) pinned: Arc<dyn Pinned>,
    pub(crate) listing: Box<dyn Listing>,
    /// Whether the listing is of all keys, so that those it lacks may be deleted.
    pub(crate) is_whole: bool,
    /// Moves to where it may block and comes back.
    pub(crate) reader: Option<Reader>,
    pub(crate) writer: Writer,
    pub(crate) source_row: i64,
    pub(crate) epoch: i64,
    pub(crate) job_row: i64,
    pub(crate) decision: Decision,
    pub(crate) reading: Reading,
    pub(crate) in_flight: InFlight,
    pub(crate) idle: mpsc::UnboundedReceiver<ActorRef<WorkerMessage>>,
    pub(crate) redo: mpsc::UnboundedReceiver<Redo>,
    pub(crate) outlet: Outlet,
    /// True once the scan is to stop.
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) next_sequence: u64,
    /// How many items were read under this lease.
    pub(crate) reads: Arc<AtomicI64>,
}

/// What becomes of items that the store has and a listing lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lacking {
    /// They are candidates for deletion.
    Noted,
    /// The listing will be walked again.
    Passed,
}

/// The scan is to stop, or cannot go on.
enum Break {
    Stopped,
    Failed(ScanError),
}

impl<E: Into<ScanError>> From<E> for Break {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Scan {
    pub(crate) async fn run(mut self) -> ScanEnd {
        match self.scan().await {
            Ok(()) => ScanEnd::Listed(self.listing.gaps().to_vec()),
            Err(broken) => {
                // Workers still have items; their endings belong to this job.
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
            let chunk = unless_stopped(&mut self.stop, self.listing.next()).await??;
            let Some(end) = chunk.last() else { break };
            let end = end.key.clone();
            in_order(last.as_ref(), &chunk)?;
            self.tell(ProgressMessage::Listed(chunk.len() as u64));
            let states = self.states(last.as_ref(), Some(&end), &chunk, Lacking::Noted).await?;
            self.take_up(chunk, states).await?;
            self.redo_lost().await?;
            last = Some(end);
        }
        self.states(last.as_ref(), None, &[], Lacking::Noted).await?;
        failpoint!("pipeline::listed");
        self.drain().await
    }

    /// Walks the whole listing once before anything is fetched, where that can be done unread
    /// and again, so that the source knows how much will be asked of it.
    async fn survey(&mut self) -> Result<(), Break> {
        if !self.is_whole || !self.pinned.is_exact() {
            return Ok(());
        }
        let mut listing = self.pinned.list();
        let mut missing = Missing::default();
        let (mut total, mut last) = (0, None);
        loop {
            let chunk = unless_stopped(&mut self.stop, listing.next()).await??;
            let Some(end) = chunk.last() else { break };
            let end = end.key.clone();
            let states = self.states(last.as_ref(), Some(&end), &chunk, Lacking::Passed).await?;
            total += chunk.len() as u64;
            for listed in &chunk {
                if let ListedKind::Item { size_bytes, .. } = &listed.kind
                    && self.stands_unread(listed, states.get(&listed.key)).is_none()
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
            ListedKind::Skipped { reason, .. } => self.decision.on_skip(*reason, state?),
        }
    }

    /// What the store knows of the chunk's keys. What it knows of others in between, which may
    /// be much, is not kept.
    async fn states(
        &mut self,
        after: Option<&ItemKey>,
        up_to: Option<&ItemKey>,
        chunk: &[Listed],
        others: Lacking,
    ) -> Result<HashMap<ItemKey, ItemState>, Break> {
        let mut known = HashMap::new();
        if !self.is_whole {
            return Ok(known);
        }
        // No key is empty, so every key is behind this one.
        let mut after = after.map_or(String::new(), |key| key.as_str().to_owned());
        loop {
            let page = self.page(after.clone(), up_to.cloned()).await?;
            let Some(last) = page.last() else { return Ok(known) };
            after = last.key.as_str().to_owned();
            let is_last = page.len() < STATES;
            let is_listed = |state: &ItemState| {
                chunk.binary_search_by(|listed| listed.key.cmp(&state.key)).is_ok()
            };
            let (listed, lacking): (Vec<_>, Vec<_>) = page.into_iter().partition(is_listed);
            known.extend(listed.into_iter().map(|state| (state.key.clone(), state)));
            if others == Lacking::Noted {
                self.note_lacking(&lacking).await?;
            }
            if is_last {
                return Ok(known);
            }
        }
    }

    async fn page(
        &mut self,
        after: String,
        up_to: Option<ItemKey>,
    ) -> Result<Vec<ItemState>, Break> {
        let died = || ScanError::Died("the thread that reads the store died".to_owned());
        let reader = self.reader.take().ok_or_else(died)?;
        let source_row = self.source_row;
        let read = move || {
            let up_to = up_to.as_ref().map(ItemKey::as_str);
            let page = reader.states(source_row, &after, up_to, STATES);
            (reader, page)
        };
        let (reader, page) = tokio::task::spawn_blocking(read).await.map_err(|_| died())?;
        self.reader = Some(reader);
        Ok(page?)
    }

    async fn note_lacking(&mut self, lacking: &[ItemState]) -> Result<(), Break> {
        if lacking.is_empty() {
            return Ok(());
        }
        let (job_row, ids) = (self.job_row, lacking.iter().map(|s| s.id).collect::<Vec<_>>());
        self.writer.transact(move |tx| note(tx, job_row, &ids)).await?;
        let (candidates, deleted, withheld, found_again) = (lacking.len() as u64, 0, 0, 0);
        self.tell(ProgressMessage::Deletions { candidates, deleted, withheld, found_again });
        Ok(())
    }

    /// Decides a chunk: looks at what can be told unread, reads the rest in places in flight.
    async fn take_up(
        &mut self,
        chunk: Vec<Listed>,
        states: HashMap<ItemKey, ItemState>,
    ) -> Result<(), Break> {
        let mut looked = Vec::new();
        let mut wanted = Vec::new();
        for listed in chunk {
            let sequence = Sequence(self.next_sequence);
            self.next_sequence += 1;
            if let Some(stands) = self.stands_unread(&listed, states.get(&listed.key)) {
                looked.push(look(stands, sequence, listed.key));
                continue;
            }
            match listed.kind.clone() {
                ListedKind::Item { .. } => wanted.push(Redo { listed, sequence, losses: 0 }),
                ListedKind::Skipped { reason, detail } => {
                    let place = self.place(0).await?;
                    let redo = Redo { listed, sequence, losses: 0 };
                    self.dispatch(redo, Body::Skipped { reason, detail }, place).await?;
                }
            }
        }
        self.tell(ProgressMessage::Looked(looked));
        let mut wanted = wanted.into_iter().peekable();
        let limit = self.pinned.batch();
        while wanted.peek().is_some() {
            let mut batch = Vec::new();
            let mut places = Vec::new();
            let mut asked_bytes = 0;
            while let Some(next) = wanted.peek()
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
            self.read(batch, places, &states).await?;
        }
        Ok(())
    }

    /// Reads items and hands on those that are not as the store has them.
    async fn read(
        &mut self,
        batch: Vec<Redo>,
        places: Vec<Place>,
        states: &HashMap<ItemKey, ItemState>,
    ) -> Result<(), Break> {
        let listed: Vec<Listed> = batch.iter().map(|redo| redo.listed.clone()).collect();
        let fetched = self.fetch(&listed).await?;
        let mut looked = Vec::new();
        let mut changed = Vec::new();
        for ((redo, place), fetched) in batch.into_iter().zip(places).zip(fetched) {
            // An item that came back is written again whatever the store says.
            let state = states.get(&redo.listed.key).filter(|_| redo.losses == 0);
            let stands = state.and_then(|state| match &fetched {
                Fetched::Item(item) => {
                    let fingerprint = fingerprint(&item.content_digest, &self.reading);
                    self.decision.on_content(&fingerprint, state)
                }
                Fetched::Skipped { reason, .. } => self.decision.on_skip(*reason, state),
                Fetched::Corrupt { .. } => None,
            });
            match stands {
                Some(stands) => looked.push(look(stands, redo.sequence, redo.listed.key)),
                None => changed.push((redo, place, fetched)),
            }
        }
        self.tell(ProgressMessage::Looked(looked));
        for (redo, mut place, fetched) in changed {
            let body = match fetched {
                Fetched::Item(item) => {
                    let bytes = item.content.len() as u64;
                    unless_stopped(&mut self.stop, self.in_flight.fit(&mut place, bytes)).await?;
                    Body::Item(item)
                }
                Fetched::Skipped { reason, detail } => Body::Skipped { reason, detail },
                Fetched::Corrupt { detail: message } => {
                    Body::Rejected(Rejection { stage: Stage::Read, code: "corrupt", message })
                }
            };
            self.dispatch(redo, body, place).await?;
        }
        Ok(())
    }

    /// Asks the source, again and later while it fails.
    async fn fetch(&mut self, listed: &[Listed]) -> Result<Vec<Fetched>, Break> {
        let pinned = self.pinned.clone();
        let fetch = || pinned.fetch(listed);
        let fetched = fetch.retry(backoff()).when(SourceError::is_transient);
        Ok(unless_stopped(&mut self.stop, fetched).await??)
    }

    async fn place(&mut self, bytes: u64) -> Result<Place, Break> {
        unless_stopped(&mut self.stop, self.in_flight.take(bytes)).await
    }

    /// Waits for an idle worker and gives it the item.
    async fn dispatch(&mut self, redo: Redo, body: Body, place: Place) -> Result<(), Break> {
        let died = || ScanError::Died("every worker died".to_owned());
        let worker = unless_stopped(&mut self.stop, self.idle.recv()).await?.ok_or_else(died)?;
        let counter = self.reads.fetch_add(1, Ordering::Relaxed);
        let read = ReadOrder { epoch: self.epoch, counter };
        let envelope = Envelope::new(redo, body, read, place, self.outlet.clone());
        // If the worker died while idle, the envelope comes back lost, and is done again.
        let _ = worker.cast(WorkerMessage::Work(Box::new(envelope)));
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
            return self.dispatch(redo, Body::Rejected(rejection), place).await;
        }
        match redo.listed.kind.clone() {
            ListedKind::Item { .. } => self.read(vec![redo], vec![place], &HashMap::new()).await,
            ListedKind::Skipped { reason, detail } => {
                self.dispatch(redo, Body::Skipped { reason, detail }, place).await
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

/// What `work` gives, unless the scan is told to stop first.
async fn unless_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Result<T, Break> {
    let work = pin!(work);
    tokio::select! {
        biased;
        // A sender that is gone stops the scan too: nobody could stop it later.
        _ = stop.wait_for(|stop| *stop) => Err(Break::Stopped),
        done = work => Ok(done),
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
        ListedKind::Skipped { .. } => 0,
    }
}

fn look(stands: Stands, sequence: Sequence, key: ItemKey) -> Looked {
    let Stands { outcome, is_done_before, saved } = stands;
    Looked { sequence, key, outcome, is_done_before, saved }
}
