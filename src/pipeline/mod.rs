//! The pipeline: from a source through workers into the store, bounded all the way.

mod envelope;
mod group;
mod in_flight;
mod keys;
mod pace;
mod parser_thread;
mod retry;
mod scan;
mod scan_end;
mod source_actor;
mod stop;
mod stored;
mod verdict;
mod worker_actor;

pub(crate) use envelope::Outlet;
pub(crate) use group::Group;
pub(crate) use in_flight::InFlight;
pub(crate) use keys::{GivenKeys, Round};
pub(crate) use pace::Pace;
pub use parser_thread::{LARGE_ITEM_BYTES, item_result};
pub(crate) use parser_thread::{Parsers, parse_guarded};
pub(crate) use retry::backoff;
pub use retry::{RETRY_ATTEMPTS, RETRY_BACKOFF, RETRY_BACKOFF_CAP};
pub(crate) use scan::Scan;
pub(crate) use scan_end::ScanEnd;
pub use scan_end::ScanError;
pub(crate) use source_actor::{SourceActor, SourceArguments, SourceMessage};
pub(crate) use stored::{Comparison, Stored};
pub(crate) use verdict::Decision;
pub(crate) use worker_actor::{WorkerActor, WorkerArguments, WorkerMessage};
