//! Parsers on threads of their own, with a limit on their time and their panics caught.
//!
//! A thread that loops cannot be stopped, only left behind: it gets no more work, and what it
//! may still say is not heard.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};

use crate::cpu_time::{CpuBudget, CpuClock};
use crate::failpoint::failpoint;
use crate::fingerprint::{Reading, fingerprint, git_blob_sha1};
use crate::item::{SkipReason, SourceItem};
use crate::parse::{Parsed, Parser, Rejection, Stage, TIMED_OUT};
use crate::store::{ItemResult, OntologyWrite, PageWrite, RejectedVersion, Version};

/// Threads that parse, but for large items. One is three times faster than the store writes;
/// with a second one a slow item holds nobody up.
const PARSER_THREADS: usize = 2;

/// Items larger than this are parsed one at a time, by a thread of their own. A thread keeps
/// the memory that its largest item took; so only one keeps much of it. One page in ten is
/// larger.
pub const LARGE_ITEM_BYTES: usize = 16 * 1024;

/// The threads that the workers share. There are fewer than workers, who mostly wait for the
/// store.
pub(crate) struct Parsers {
    parser: Arc<dyn Parser>,
    reading: Reading,
    limit: Duration,
    free: Semaphore,
    /// The last one back is the first to go: what it keeps in memory serves the next item.
    idle: std::sync::Mutex<Vec<ParserThread>>,
    large: Mutex<ParserThread>,
    /// Threads that were left behind.
    abandoned: AtomicUsize,
}

impl Parsers {
    /// `reading` is what the results are said to be made by.
    pub(crate) fn new(parser: Arc<dyn Parser>, reading: Reading, limit: Duration) -> Self {
        let large = Mutex::new(ParserThread::new(parser.clone(), reading, limit));
        let (free, idle) = (Semaphore::new(PARSER_THREADS), std::sync::Mutex::default());
        Self { parser, reading, limit, free, idle, large, abandoned: AtomicUsize::new(0) }
    }

    /// Parses several items, in the order given, as far as they can be made ready to be written
    /// without the store; one that takes too long is a rejection, the wait for a thread not
    /// counted.
    pub(crate) async fn parse_each(&self, mut items: Vec<SourceItem>) -> Vec<ItemResult> {
        if items.len() > 1 {
            // One that does not return would take the others with it; they are tried alone then.
            match self.parse_group(items.clone()).await {
                Ok(parsed) => return parsed,
                Err(rejection) => {
                    tracing::debug!(%rejection.message, "a group is parsed one by one")
                }
            }
        }
        let mut parsed = Vec::with_capacity(items.len());
        for item in items.drain(..) {
            // Of an item that never came back, what its source says of it is known.
            let version = version(&item, item.git_sha1.clone(), self.reading);
            let one = self.parse_group(vec![item]).await;
            parsed.extend(one.unwrap_or_else(|rejection| vec![rejected(rejection, version)]));
        }
        parsed
    }

    async fn parse_group(&self, items: Vec<SourceItem>) -> Result<Vec<ItemResult>, Rejection> {
        if let [item] = &*items
            && item.content.len() > LARGE_ITEM_BYTES
        {
            let parsed = self.large.lock().await.parse(items).await;
            return self.heed(parsed);
        }
        // The semaphore is never closed, so this always holds a place.
        let _place = self.free.acquire().await;
        // Whoever panicked with the lock only moved a thread in or out.
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let known = idle().pop();
        let new = || ParserThread::new(self.parser.clone(), self.reading, self.limit);
        let mut thread = known.unwrap_or_else(new);
        let parsed = thread.parse(items).await;
        idle().push(thread);
        self.heed(parsed)
    }

    /// Counts threads that are left behind.
    fn heed<T>(&self, parsed: Result<T, Rejection>) -> Result<T, Rejection> {
        if parsed.as_ref().is_err_and(|rejection| rejection.code == TIMED_OUT) {
            self.abandoned.fetch_add(1, Ordering::Relaxed);
        }
        parsed
    }

    /// Why no more should be parsed for now, if so: each thread that is left behind keeps what
    /// it has, and may keep a processor busy.
    pub(crate) fn stuck(&self) -> Option<String> {
        let abandoned = self.abandoned.load(Ordering::Relaxed);
        (abandoned >= MOST_ABANDONED)
            .then(|| format!("{abandoned} items took too long and still run: try again later"))
    }
}

/// Threads that may be left behind before a job pauses.
const MOST_ABANDONED: usize = 2;

type Work = (Vec<SourceItem>, oneshot::Sender<Vec<ItemResult>>);

struct ParserThread {
    parser: Arc<dyn Parser>,
    reading: Reading,
    limit: Duration,
    /// Absent before the first item and after one that took too long.
    thread: Option<Thread>,
}

/// A thread that parses.
#[derive(Clone)]
struct Thread {
    work: mpsc::Sender<Work>,
    /// Set by the thread itself, before its first item.
    clock: Arc<OnceLock<CpuClock>>,
}

impl Thread {
    fn clock(&self) -> CpuClock {
        self.clock.get().cloned().unwrap_or_default()
    }
}

impl ParserThread {
    fn new(parser: Arc<dyn Parser>, reading: Reading, limit: Duration) -> Self {
        Self { parser, reading, limit, thread: None }
    }

    /// Parses items; a rejection if they take too long.
    async fn parse(&mut self, items: Vec<SourceItem>) -> Result<Vec<ItemResult>, Rejection> {
        let thread = match &self.thread {
            Some(thread) => thread.clone(),
            None => self.thread.insert(self.start()?).clone(),
        };
        let (reply, answer) = oneshot::channel();
        // A thread that is gone leaves the answer's sender dropped, which is seen below.
        let budget = CpuBudget::new(self.limit, &thread.clock());
        let _ = thread.work.send((items, reply)).await;
        let mut answer = std::pin::pin!(answer);
        while let Some(left) = budget.left(&thread.clock()) {
            match tokio::time::timeout(left, &mut answer).await {
                Ok(Ok(parsed)) => return Ok(parsed),
                Ok(Err(_)) => {
                    self.thread = None;
                    return Err(rejection("parser_died", "the parser's thread ended".to_owned()));
                }
                Err(_) => {}
            }
        }
        self.thread = None;
        let limit = self.limit.as_secs_f64();
        Err(rejection(TIMED_OUT, format!("not parsed within {limit} s")))
    }

    fn start(&self) -> Result<Thread, Rejection> {
        let (work, mut queue) = mpsc::channel::<Work>(1);
        let (parser, reading) = (self.parser.clone(), self.reading);
        let clock = Arc::<OnceLock<CpuClock>>::default();
        let own = clock.clone();
        let run = move || {
            own.get_or_init(CpuClock::of_this_thread);
            while let Some((items, reply)) = queue.blocking_recv() {
                let one = |item| item_result(&*parser, reading, item);
                let parsed = items.into_iter().map(one).collect();
                // Nobody may be waiting any more.
                let _ = reply.send(parsed);
            }
        };
        thread::Builder::new()
            .name("driftless-parser".to_owned())
            .spawn(run)
            .map_err(|e| rejection("no_thread", format!("no thread for the parser: {e}")))?;
        Ok(Thread { work, clock })
    }
}

/// Parses an item; a panic of the parser is a rejection.
pub(crate) fn parse_guarded(parser: &dyn Parser, item: &SourceItem) -> Parsed {
    let parse = || {
        failpoint!("pipeline::parse");
        parser.parse(item)
    };
    // What a parser shares between items must hold after a panic; ours share nothing mutable.
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|panic| {
        Parsed::Rejected(rejection("parser_panicked", panic_message(&*panic)))
    })
}

/// What an item comes to when `parser` reads it, ready to be written; a panic is a rejection.
pub fn item_result(parser: &dyn Parser, reading: Reading, item: SourceItem) -> ItemResult {
    let parsed = parse_guarded(parser, &item);
    let git_sha1 = match &parsed {
        Parsed::Document(_) => item.git_sha1.clone(),
        _ => item.git_sha1.clone().or_else(|| Some(git_blob_sha1(&item.content))),
    };
    let version = version(&item, git_sha1, reading);
    let SourceItem { key, content, .. } = item;
    match parsed {
        Parsed::Page(page) => {
            ItemResult::Page { page: Box::new(PageWrite::new(page, content)), version }
        }
        Parsed::Ontology(record) => {
            let ontology = Box::new(OntologyWrite::new(record, &key));
            ItemResult::Ontology { ontology, version }
        }
        Parsed::Document(document) => ItemResult::Document { document, version },
        Parsed::Skipped { reason, detail } => {
            ItemResult::Skipped { reason, detail, version: Some(version) }
        }
        Parsed::Rejected(rejection) => rejected(rejection, version),
    }
}

fn version(item: &SourceItem, git_sha1: Option<String>, reading: Reading) -> Version {
    let (content_digest, size_bytes) = (item.content_digest, item.content.len() as u64);
    let fingerprint = fingerprint(&content_digest, &reading);
    Version { content_digest, git_sha1, size_bytes, reading, fingerprint }
}

/// What an item comes to that cannot be used in this version; one that took too long may yet.
fn rejected(rejection: Rejection, version: Version) -> ItemResult {
    if rejection.code == TIMED_OUT {
        let (reason, detail) = (SkipReason::TimedOut, rejection.message);
        return ItemResult::Skipped { reason, detail, version: Some(version) };
    }
    let Version { content_digest, git_sha1, fingerprint, .. } = version;
    let version = Some(RejectedVersion { content_digest, git_sha1, fingerprint });
    ItemResult::Rejected { rejection, version, attempts: 1 }
}

fn rejection(code: &'static str, message: String) -> Rejection {
    Rejection { stage: Stage::Parse, code, message }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the parser panicked: {}", text.as_deref().unwrap_or("no message"))
}
