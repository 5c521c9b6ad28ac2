//! A worker: has a group of items parsed off the async threads, and written in one transaction,
//! each whole or not at all. A group of files is one file.
//!
//! A worker gets a group only when it is idle. It reports through the items' envelopes.

use std::sync::Arc;

use backon::Retryable;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::sync::mpsc;

use super::envelope::{Body, Envelope};
use super::parser_thread::Parsers;
use super::retry::backoff;
use crate::failpoint::failpoint;
use crate::item::Outcome;
use crate::parse::{Rejection, Stage, TIMED_OUT};
use crate::store::{
    Applied, FaultClass, ItemResult, ItemWrite, JobPlace, RejectedVersion, SourceRow, StoreError,
    WriteTransaction, Writer, apply, apply_each,
};

/// What a worker is told.
#[derive(Debug)]
pub(crate) enum WorkerMessage {
    /// Items to bring into the store, committed together.
    Work(Vec<Envelope>),
}

/// What a worker needs.
#[derive(Clone)]
pub(crate) struct WorkerArguments {
    pub(crate) parsers: Arc<Parsers>,
    pub(crate) writer: Writer,
    pub(crate) source: SourceRow,
    pub(crate) job_row: i64,
    pub(crate) attempt: u32,
    pub(crate) now_ms: fn() -> i64,
    /// Where a worker says that it is idle; no longer than there are workers.
    pub(crate) idle: mpsc::UnboundedSender<ActorRef<WorkerMessage>>,
}

/// See the module.
pub(crate) struct WorkerActor;

pub(crate) struct Work {
    arguments: WorkerArguments,
}

impl Actor for WorkerActor {
    type Msg = WorkerMessage;
    type State = Work;
    type Arguments = WorkerArguments;

    async fn pre_start(
        &self,
        _: ActorRef<WorkerMessage>,
        arguments: WorkerArguments,
    ) -> Result<Work, ActorProcessingErr> {
        Ok(Work { arguments })
    }

    async fn post_start(
        &self,
        myself: ActorRef<WorkerMessage>,
        work: &mut Work,
    ) -> Result<(), ActorProcessingErr> {
        work.arguments.idle.send(myself)?;
        Ok(())
    }

    async fn handle(
        &self,
        myself: ActorRef<WorkerMessage>,
        WorkerMessage::Work(group): WorkerMessage,
        work: &mut Work,
    ) -> Result<(), ActorProcessingErr> {
        failpoint!("pipeline::worker");
        work.process(group).await;
        // The job may have ended meanwhile.
        let _ = work.arguments.idle.send(myself);
        Ok(())
    }
}

impl Work {
    async fn process(&mut self, mut group: Vec<Envelope>) {
        let results = self.results(&mut group).await;
        failpoint!("pipeline::parsed");
        let writes = group.iter().zip(results).map(|(it, result)| self.item_write(it, result));
        let writes: Vec<ItemWrite> = writes.collect();
        if group.len() > 1 {
            return self.settle_group(group, writes).await;
        }
        for (envelope, write) in group.into_iter().zip(writes) {
            self.settle(envelope, Arc::new(write)).await;
        }
    }

    /// Brings the items of a group into the store in one transaction, each whole or not at all.
    async fn settle_group(&self, group: Vec<Envelope>, writes: Vec<ItemWrite>) {
        let writes = Arc::new(writes);
        let mut applied = self.store_group(&group, &writes, false).await;
        if let Err(StoreError::Constraint(_)) = &applied {
            // Somebody is at fault; with savepoints it is known who, and costs no other.
            applied = self.store_group(&group, &writes, true).await;
        }
        let applied: Vec<_> = match applied {
            Err(error) if error.class() == FaultClass::Infrastructure => {
                return Envelope::give_back(group, &error);
            }
            // Nothing of the group is stored: whoever is at fault shows alone.
            Err(_) => group.iter().map(|_| None).collect(),
            Ok(applied) => applied.into_iter().map(Result::ok).collect(),
        };
        // The closures that were to write them are gone.
        let Ok(writes) = Arc::try_unwrap(writes) else { return };
        for ((envelope, write), applied) in group.into_iter().zip(writes).zip(applied) {
            match applied {
                Some(applied) => finish(envelope, &write.result, applied),
                None => self.settle(envelope, Arc::new(write)).await,
            }
        }
    }

    async fn store_group(
        &self,
        group: &[Envelope],
        writes: &Arc<Vec<ItemWrite>>,
        savepoints: bool,
    ) -> Result<Vec<Result<Applied, StoreError>>, StoreError> {
        let writes = writes.clone();
        self.store(group, move |tx| apply_each(tx, &writes, savepoints)).await
    }

    /// Brings one item into the store, in a transaction of its own.
    async fn settle(&self, envelope: Envelope, mut write: Arc<ItemWrite>) {
        let mut applied = self.store_one(&envelope, &write).await;
        if let Err(error @ StoreError::Constraint(_)) = &applied {
            // The item is at fault: it becomes a dead letter, in a transaction of its own.
            write = Arc::new(self.item_write(&envelope, refused(&write.result, error)));
            applied = self.store_one(&envelope, &write).await;
        }
        match applied {
            Ok(applied) => finish(envelope, &write.result, applied),
            Err(error) => Envelope::give_back(vec![envelope], &error),
        }
    }

    /// What is to become of each item.
    async fn results(&self, group: &mut [Envelope]) -> Vec<ItemResult> {
        let mut items = Vec::new();
        let mut decided = Vec::new();
        for body in group.iter_mut().map(Envelope::open) {
            decided.push(match body {
                Some(Body::Item(item)) => {
                    items.push(item);
                    None
                }
                Some(Body::Skipped { reason, detail }) => {
                    Some(ItemResult::Skipped { reason, detail, version: None })
                }
                Some(Body::Rejected(rejection)) => {
                    Some(ItemResult::Rejected { rejection, version: None, attempts: 1 })
                }
                None => Some(opened_before()),
            });
        }
        let parsers = &self.arguments.parsers;
        let mut parsed = parsers.parse_each(items).await.into_iter();
        if let (Some(reason), Some(envelope)) = (parsers.stuck(), group.first()) {
            envelope.pause(reason);
        }
        let result = |decided: Option<ItemResult>| {
            decided.or_else(|| parsed.next()).unwrap_or_else(opened_before)
        };
        decided.into_iter().map(result).collect()
    }

    fn item_write(&self, envelope: &Envelope, result: ItemResult) -> ItemWrite {
        ItemWrite {
            source: self.arguments.source,
            key: envelope.key().clone(),
            place: JobPlace {
                job_id: self.arguments.job_row,
                attempt: self.arguments.attempt,
                sequence: envelope.sequence(),
            },
            read: envelope.read(),
            now_ms: (self.arguments.now_ms)(),
            result,
        }
    }

    async fn store_one(
        &self,
        envelope: &Envelope,
        write: &Arc<ItemWrite>,
    ) -> Result<Applied, StoreError> {
        let write = write.clone();
        self.store(std::slice::from_ref(envelope), move |tx| apply(tx, &write)).await
    }

    /// Writes, again and later while the surroundings fail.
    async fn store<T: Send + 'static>(
        &self,
        group: &[Envelope],
        write: impl Fn(&WriteTransaction<'_>) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        let attempt = || {
            let write = write.clone();
            self.arguments.writer.transact(move |tx| {
                failpoint!("pipeline::busy", |_| Err(StoreError::Busy));
                let applied = write(tx)?;
                failpoint!("store::applied");
                Ok(applied)
            })
        };
        let applied = attempt
            .retry(backoff())
            .when(|error: &StoreError| error.class() == FaultClass::Infrastructure)
            .notify(|_, _| group.iter().for_each(Envelope::retried))
            .await;
        failpoint!("pipeline::stored");
        applied
    }
}

/// The item has its outcome, and it is committed.
fn finish(envelope: Envelope, result: &ItemResult, applied: Applied) {
    match applied {
        Applied::Done(saved) => {
            let (outcome, rejected) = outcome(result);
            envelope.finish(outcome, saved, rejected);
        }
        Applied::GivenUp => {
            let message = match result {
                ItemResult::Skipped { detail, .. } => detail.clone(),
                _ => String::new(),
            };
            let rejected = Some((Stage::Parse.as_str(), TIMED_OUT, message));
            envelope.finish(Outcome::Rejected, <_>::default(), rejected);
        }
        Applied::Superseded => envelope.finish(Outcome::Superseded, <_>::default(), None),
    }
}

/// An envelope is opened once, by the worker it is given to.
fn opened_before() -> ItemResult {
    let message = "its content was taken out before".to_owned();
    let rejection = Rejection { stage: Stage::Read, code: "opened_before", message };
    ItemResult::Rejected { rejection, version: None, attempts: 1 }
}

/// The rejection of an item whose rows the schema refuses.
fn refused(result: &ItemResult, error: &StoreError) -> ItemResult {
    let version = match result {
        ItemResult::Page { version, .. }
        | ItemResult::Ontology { version, .. }
        | ItemResult::Document { version, .. }
        | ItemResult::Skipped { version: Some(version), .. } => Some(RejectedVersion {
            content_digest: version.content_digest,
            git_sha1: version.git_sha1.clone(),
            fingerprint: version.fingerprint,
        }),
        ItemResult::Skipped { version: None, .. } => None,
        ItemResult::Rejected { version, .. } => version.clone(),
    };
    let rejection =
        Rejection { stage: Stage::Store, code: error.code(), message: error.to_string() };
    ItemResult::Rejected { rejection, version, attempts: 1 }
}

type Rejected = (&'static str, &'static str, String);

fn outcome(result: &ItemResult) -> (Outcome, Option<Rejected>) {
    match result {
        ItemResult::Page { .. } | ItemResult::Ontology { .. } | ItemResult::Document { .. } => {
            (Outcome::Written, None)
        }
        ItemResult::Skipped { reason, .. } => (Outcome::Skipped(*reason), None),
        ItemResult::Rejected { rejection, .. } => {
            let Rejection { stage, code, message } = rejection;
            (Outcome::Rejected, Some((stage.as_str(), code, message.clone())))
        }
    }
}
