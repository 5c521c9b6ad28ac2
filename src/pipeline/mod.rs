//! The pipeline: from a source through workers into the store, bounded all the way.

mod envelope;
mod in_flight;
mod keys;
mod parser_thread;
mod retry;
mod scan;
mod source_actor;
mod verdict;
mod worker_actor;

pub(crate) use envelope::Outlet;
pub(crate) use in_flight::InFlight;
pub(crate) use keys::GivenKeys;
pub use parser_thread::LARGE_ITEM_BYTES;
pub(crate) use parser_thread::{Parsers, parse_guarded};
pub(crate) use retry::backoff;
pub use retry::{RETRY_ATTEMPTS, RETRY_BACKOFF, RETRY_BACKOFF_CAP};
pub use scan::ScanError;
pub(crate) use scan::{Scan, ScanEnd};
pub(crate) use source_actor::{SourceActor, SourceArguments, SourceMessage};
pub(crate) use verdict::Decision;
pub(crate) use worker_actor::{WorkerActor, WorkerArguments, WorkerMessage};
