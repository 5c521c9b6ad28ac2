//! The supervisor of one job's actors: starts them, far end first, and replaces workers that
//! die. What they were holding comes back as lost, and is done again.

use std::collections::HashMap;

use ractor::{Actor, ActorId, ActorProcessingErr, ActorRef, SupervisionEvent};
use tokio::sync::{oneshot, watch};

use crate::pipeline::{
    Scan, ScanEnd, ScanError, SourceActor, SourceArguments, SourceMessage, WorkerActor,
    WorkerArguments, WorkerMessage,
};
use crate::progress::{ProgressActor, ProgressArguments, ProgressMessage};

/// Workers of one job that may die. An item takes at most three with it; so many show that
/// something else is wrong.
const WORKER_DEATHS: u32 = 100;

/// What the supervisor is told.
#[derive(Debug)]
pub(super) enum JobMessage {
    /// Hand out nothing more; finish what is in flight.
    Drain,
    /// Leave behind what is still in flight.
    Abandon,
    /// The scan has ended.
    Ended(ScanEnd),
}

/// See the module.
pub(super) struct JobActor;

/// Makes the scan, once there is somebody to report to.
pub(super) type MakeScan = Box<dyn FnOnce(ActorRef<ProgressMessage>) -> Scan + Send>;

/// What the supervisor needs.
pub(super) struct JobArguments {
    pub(super) progress: ProgressArguments,
    pub(super) worker: WorkerArguments,
    pub(super) workers: usize,
    pub(super) scan: MakeScan,
    pub(super) stop: watch::Sender<bool>,
    /// Told who counts, once everybody has started.
    pub(super) started: oneshot::Sender<ActorRef<ProgressMessage>>,
    /// Told how the scan ended.
    pub(super) ended: oneshot::Sender<ScanEnd>,
}

pub(super) struct Children {
    progress: ActorRef<ProgressMessage>,
    source: ActorRef<SourceMessage>,
    workers: HashMap<ActorId, ActorRef<WorkerMessage>>,
    worker: WorkerArguments,
    deaths: u32,
    /// Workers are not replaced any more.
    is_ending: bool,
    ended: Option<oneshot::Sender<ScanEnd>>,
}

impl Actor for JobActor {
    type Msg = JobMessage;
    type State = Children;
    type Arguments = JobArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<JobMessage>,
        arguments: JobArguments,
    ) -> Result<Children, ActorProcessingErr> {
        let JobArguments { progress, worker, workers, scan, stop, started, ended } = arguments;
        let cell = myself.get_cell();
        let (progress, _) =
            Actor::spawn_linked(None, ProgressActor, progress, cell.clone()).await?;
        let mut team = HashMap::new();
        for _ in 0..workers {
            let (one, _) =
                Actor::spawn_linked(None, WorkerActor, worker.clone(), cell.clone()).await?;
            team.insert(one.get_id(), one);
        }
        let told = myself.clone();
        let source = SourceArguments {
            scan: scan(progress.clone()),
            stop,
            // A supervisor that is gone has nobody to tell either.
            ended: Box::new(move |end| drop(told.cast(JobMessage::Ended(end)))),
        };
        let (source, _) = Actor::spawn_linked(None, SourceActor, source, cell).await?;
        let _ = started.send(progress.clone());
        let (workers, ended) = (team, Some(ended));
        Ok(Children { progress, source, workers, worker, deaths: 0, is_ending: false, ended })
    }

    async fn handle(
        &self,
        _: ActorRef<JobMessage>,
        message: JobMessage,
        children: &mut Children,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            JobMessage::Drain => drop(children.source.cast(SourceMessage::Stop)),
            JobMessage::Abandon => {
                children.is_ending = true;
                children.workers.values().for_each(|worker| worker.kill());
            }
            JobMessage::Ended(end) => children.end(end),
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<JobMessage>,
        event: SupervisionEvent,
        children: &mut Children,
    ) -> Result<(), ActorProcessingErr> {
        let (who, why) = match event {
            SupervisionEvent::ActorFailed(who, error) => (who.get_id(), error.to_string()),
            SupervisionEvent::ActorTerminated(who, _, reason) => {
                (who.get_id(), reason.unwrap_or_else(|| "it was stopped".to_owned()))
            }
            _ => return Ok(()),
        };
        if children.workers.remove(&who).is_some() {
            return children.replace_worker(myself, &why).await;
        }
        let part = if who == children.progress.get_id() { "progress" } else { "source" };
        children.end(ScanEnd::Failed(ScanError::Died(format!("the {part} actor died: {why}"))));
        Ok(())
    }

    async fn post_stop(
        &self,
        _: ActorRef<JobMessage>,
        children: &mut Children,
    ) -> Result<(), ActorProcessingErr> {
        children.source.stop(None);
        children.workers.values().for_each(|worker| worker.stop(None));
        children.progress.stop(None);
        Ok(())
    }
}

impl Children {
    fn end(&mut self, end: ScanEnd) {
        self.is_ending = true;
        if let Some(ended) = self.ended.take() {
            let _ = ended.send(end);
        }
    }

    async fn replace_worker(
        &mut self,
        myself: ActorRef<JobMessage>,
        why: &str,
    ) -> Result<(), ActorProcessingErr> {
        if self.is_ending {
            return Ok(());
        }
        self.deaths += 1;
        tracing::warn!(why, deaths = self.deaths, "a worker died and is replaced");
        if self.deaths > WORKER_DEATHS {
            let died = format!("more than {WORKER_DEATHS} workers died, the last: {why}");
            self.end(ScanEnd::Failed(ScanError::Died(died)));
            return Ok(());
        }
        let (worker, _) =
            Actor::spawn_linked(None, WorkerActor, self.worker.clone(), myself.get_cell()).await?;
        self.workers.insert(worker.get_id(), worker);
        Ok(())
    }
}
