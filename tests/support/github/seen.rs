//! What the server saw: every request, how many were open at once, how many connections came.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use super::request::Request;

/// Which of the two hosts was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// The REST API.
    Api,
    /// Where tarballs come from.
    Archive,
}

/// One request and how far its answer got.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// When its head was read.
    pub(crate) at: Instant,
    pub(crate) host: Host,
    pub(crate) method: String,
    pub(crate) path_and_query: String,
    /// Whether credentials came with it.
    pub(crate) authorization: bool,
    pub(crate) accept: Option<String>,
    pub(crate) if_none_match: Option<String>,
    pub(crate) user_agent: Option<String>,
    /// `None` until, or unless, an answer begins.
    pub(crate) status: Option<u16>,
    /// Of the body, without its framing.
    pub(crate) bytes_sent: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Log {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    requests: Vec<Arc<Mutex<Seen>>>,
    open: usize,
    peak_open: usize,
    connections: usize,
}

/// A request that is being answered, until dropped.
#[derive(Debug)]
pub(crate) struct Open<'a> {
    log: &'a Log,
    seen: Arc<Mutex<Seen>>,
}

impl Log {
    /// All requests, in the order in which they came.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        let copy = |seen: &Arc<Mutex<Seen>>| seen.lock().expect("a request").clone();
        self.counts().requests.iter().map(copy).collect()
    }

    /// The largest number of requests that were being answered at one time.
    pub(crate) fn peak_open(&self) -> usize {
        self.counts().peak_open
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        self.counts().connections
    }

    /// Begins again, with only what is open now.
    pub(crate) fn reset(&self) {
        let mut counts = self.counts();
        let open = counts.open;
        *counts = Counts { open, peak_open: open, ..Counts::default() };
    }

    pub(crate) fn connected(&self) {
        self.counts().connections += 1;
    }

    pub(crate) fn open(&self, host: Host, request: &Request) -> Open<'_> {
        let header = |name| request.header(name).map(str::to_owned);
        let seen = Arc::new(Mutex::new(Seen {
            at: Instant::now(),
            host,
            method: request.method.clone(),
            path_and_query: request.target.clone(),
            authorization: request.header("authorization").is_some(),
            accept: header("accept"),
            if_none_match: header("if-none-match"),
            user_agent: header("user-agent"),
            status: None,
            bytes_sent: 0,
        }));
        let mut counts = self.counts();
        counts.requests.push(seen.clone());
        counts.open += 1;
        counts.peak_open = counts.peak_open.max(counts.open);
        Open { log: self, seen }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().expect("the counts")
    }
}

impl Open<'_> {
    pub(crate) fn answered(&self, status: u16) {
        self.seen.lock().expect("a request").status = Some(status);
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.seen.lock().expect("a request").bytes_sent += bytes;
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.log.counts().open -= 1;
    }
}
