//! A worker: parses one item at a time off the async threads, and has it written in a
//! transaction of its own.
//!
//! A worker gets an item only when it is idle. It reports through the item's envelope.

use std::sync::Arc;

use backon::Retryable;
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::sync::mpsc;

use super::envelope::{Body, Envelope};
use super::parser_thread::{ParsedItem, Parsers};
use super::retry::backoff;
use crate::failpoint::failpoint;
use crate::fingerprint::{Reading, fingerprint};
use crate::item::{Outcome, SourceItem};
use crate::parse::{Parsed, Rejection, Stage};
use crate::store::{
    Applied, FaultClass, ItemResult, ItemWrite, JobPlace, PageWrite, RejectedVersion, SourceRow,
    StoreError, Version, Writer, apply,
};

/// What a worker is told.
#[derive(Debug)]
pub(crate) enum WorkerMessage {
    /// An item to bring into the store.
    Work(Box<Envelope>),
}

/// What a worker needs.
#[derive(Clone)]
pub(crate) struct WorkerArguments {
    pub(crate) parsers: Arc<Parsers>,
    pub(crate) reading: Reading,
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
        WorkerMessage::Work(envelope): WorkerMessage,
        work: &mut Work,
    ) -> Result<(), ActorProcessingErr> {
        failpoint!("pipeline::worker");
        work.process(*envelope).await;
        // The job may have ended meanwhile.
        let _ = work.arguments.idle.send(myself);
        Ok(())
    }
}

impl Work {
    async fn process(&mut self, mut envelope: Envelope) {
        let Some(body) = envelope.open() else { return };
        let result = match body {
            Body::Item(item) => self.parse(item).await,
            Body::Skipped { reason, detail } => {
                ItemResult::Skipped { reason, detail, version: None }
            }
            Body::Rejected(rejection) => {
                ItemResult::Rejected { rejection, version: None, attempts: 1 }
            }
        };
        failpoint!("pipeline::parsed");
        let mut write = self.item_write(&envelope, result);
        let mut applied = self.store(&envelope, &write).await;
        if let Err(error @ StoreError::Constraint(_)) = &applied {
            // The item is at fault: it becomes a dead letter, in a transaction of its own.
            write = self.item_write(&envelope, refused(&write.result, error));
            applied = self.store(&envelope, &write).await;
        }
        match applied {
            Ok(Applied::Done(saved)) => {
                let (outcome, rejected) = outcome(&write.result);
                envelope.finish(outcome, saved, rejected);
            }
            Ok(Applied::Superseded) => envelope.finish(Outcome::Superseded, <_>::default(), None),
            Err(error) => envelope.give_back(&error),
        }
    }

    async fn parse(&self, item: SourceItem) -> ItemResult {
        let reading = self.arguments.reading;
        let content_digest = item.content_digest;
        let fingerprint = fingerprint(&content_digest, &reading);
        let rejected = |rejection, git_sha1| ItemResult::Rejected {
            rejection,
            version: Some(RejectedVersion { content_digest, git_sha1, fingerprint }),
            attempts: 1,
        };
        let known_sha1 = item.git_sha1.clone();
        let ParsedItem { item, git_sha1, parsed } = match self.arguments.parsers.parse(item).await {
            Ok(parsed) => parsed,
            Err(rejection) => return rejected(rejection, known_sha1),
        };
        let size_bytes = item.content.len() as u64;
        let version = Version { content_digest, git_sha1, size_bytes, reading, fingerprint };
        match parsed {
            Parsed::Page(page) => {
                let page = Box::new(PageWrite::new(page, item.content));
                ItemResult::Page { page, version }
            }
            Parsed::Skipped { reason, detail } => {
                ItemResult::Skipped { reason, detail, version: Some(version) }
            }
            Parsed::Rejected(rejection) => rejected(rejection, Some(version.git_sha1)),
        }
    }

    fn item_write(&self, envelope: &Envelope, result: ItemResult) -> Arc<ItemWrite> {
        Arc::new(ItemWrite {
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
        })
    }

    /// Writes, again and later while the surroundings fail.
    async fn store(
        &self,
        envelope: &Envelope,
        write: &Arc<ItemWrite>,
    ) -> Result<Applied, StoreError> {
        let attempt = || {
            let write = write.clone();
            self.arguments.writer.transact(move |tx| {
                failpoint!("pipeline::busy", |_| Err(StoreError::Busy));
                let applied = apply(tx, &write)?;
                failpoint!("store::applied");
                Ok(applied)
            })
        };
        let applied = attempt
            .retry(backoff())
            .when(|error: &StoreError| error.class() == FaultClass::Infrastructure)
            .notify(|_, _| envelope.retried())
            .await;
        failpoint!("pipeline::stored");
        applied
    }
}

/// The rejection of an item whose rows the schema refuses.
fn refused(result: &ItemResult, error: &StoreError) -> ItemResult {
    let version = match result {
        ItemResult::Page { version, .. } | ItemResult::Skipped { version: Some(version), .. } => {
            Some(RejectedVersion {
                content_digest: version.content_digest,
                git_sha1: Some(version.git_sha1.clone()),
                fingerprint: version.fingerprint,
            })
        }
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
        ItemResult::Page { .. } => (Outcome::Written, None),
        ItemResult::Skipped { reason, .. } => (Outcome::Skipped(*reason), None),
        ItemResult::Rejected { rejection, .. } => {
            let Rejection { stage, code, message } = rejection;
            (Outcome::Rejected, Some((stage.as_str(), code, message.clone())))
        }
    }
}
