//! The source actor: owns the scan, so that it can be told to stop while the scan waits.

use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::scan::Scan;
use super::scan_end::{ScanEnd, ScanError};

/// What the actor is told.
#[derive(Debug)]
pub(crate) enum SourceMessage {
    /// Hand out nothing more.
    Stop,
    /// The scan has ended.
    Ended(ScanEnd),
}

/// See the module.
pub(crate) struct SourceActor;

/// What the actor needs.
pub(crate) struct SourceArguments {
    pub(crate) scan: Scan,
    pub(crate) stop: watch::Sender<bool>,
    /// Called once, when the scan has ended.
    pub(crate) ended: Box<dyn FnOnce(ScanEnd) + Send>,
}

pub(crate) struct Scanning {
    stop: watch::Sender<bool>,
    ended: Option<Box<dyn FnOnce(ScanEnd) + Send>>,
    task: JoinHandle<()>,
}

impl Actor for SourceActor {
    type Msg = SourceMessage;
    type State = Scanning;
    type Arguments = SourceArguments;

    async fn pre_start(
        &self,
        myself: ActorRef<SourceMessage>,
        SourceArguments { scan, stop, ended }: SourceArguments,
    ) -> Result<Scanning, ActorProcessingErr> {
        let scanning = tokio::spawn(scan.run());
        let task = tokio::spawn(async move {
            let end = scanning.await.unwrap_or_else(|died| {
                ScanEnd::Failed(ScanError::Died(format!("the scan died: {died}")))
            });
            // An actor that is gone was stopped with its job.
            let _ = myself.cast(SourceMessage::Ended(end));
        });
        Ok(Scanning { stop, ended: Some(ended), task })
    }

    async fn handle(
        &self,
        _: ActorRef<SourceMessage>,
        message: SourceMessage,
        scanning: &mut Scanning,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            SourceMessage::Stop => {
                scanning.stop.send_replace(true);
            }
            SourceMessage::Ended(end) => {
                if let Some(ended) = scanning.ended.take() {
                    ended(end);
                }
            }
        }
        Ok(())
    }

    async fn post_stop(
        &self,
        _: ActorRef<SourceMessage>,
        scanning: &mut Scanning,
    ) -> Result<(), ActorProcessingErr> {
        scanning.stop.send_replace(true);
        scanning.task.abort();
        Ok(())
    }
}
