//! Parsers on threads of their own, with a limit on their time and their panics caught.
//!
//! A thread that loops cannot be stopped, only left behind: it gets no more work, and what it
//! may still say is not heard.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, mpsc, oneshot};

use crate::failpoint::failpoint;
use crate::fingerprint::{Digest, Reading, fingerprint, git_blob_sha1};
use crate::item::SourceItem;
use crate::parse::{Parsed, Parser, Rejection, Stage};
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
}

impl Parsers {
    /// `reading` is what the results are said to be made by.
    pub(crate) fn new(parser: Arc<dyn Parser>, reading: Reading, limit: Duration) -> Self {
        let large = Mutex::new(ParserThread::new(parser.clone(), reading, limit));
        let (free, idle) = (Semaphore::new(PARSER_THREADS), std::sync::Mutex::default());
        Self { parser, reading, limit, free, idle, large }
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
            let (content_digest, git_sha1) = (item.content_digest, item.git_sha1.clone());
            let one = self.parse_group(vec![item]).await;
            // Of an item that never came back, what its source says of it is known.
            let lost = |e| vec![rejected(e, content_digest, git_sha1, &self.reading)];
            parsed.extend(one.unwrap_or_else(lost));
        }
        parsed
    }

    async fn parse_group(&self, items: Vec<SourceItem>) -> Result<Vec<ItemResult>, Rejection> {
        if let [item] = &*items
            && item.content.len() > LARGE_ITEM_BYTES
        {
            return self.large.lock().await.parse(items).await;
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
        parsed
    }
}

type Work = (Vec<SourceItem>, oneshot::Sender<Vec<ItemResult>>);

struct ParserThread {
    parser: Arc<dyn Parser>,
    reading: Reading,
    limit: Duration,
    /// Absent before the first item and after one that took too long.
    thread: Option<mpsc::Sender<Work>>,
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
        let _ = thread.send((items, reply)).await;
        match tokio::time::timeout(self.limit, answer).await {
            Ok(Ok(parsed)) => Ok(parsed),
            Ok(Err(_)) => {
                self.thread = None;
                Err(rejection("parser_died", "the parser's thread ended".to_owned()))
            }
            Err(_) => {
                self.thread = None;
                let limit = self.limit.as_secs_f64();
                Err(rejection("timed_out", format!("not parsed within {limit} s")))
            }
        }
    }

    fn start(&self) -> Result<mpsc::Sender<Work>, Rejection> {
        let (sender, mut queue) = mpsc::channel::<Work>(1);
        let (parser, reading) = (self.parser.clone(), self.reading);
        let run = move || {
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
        Ok(sender)
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
    let SourceItem { key, content, content_digest, git_sha1 } = item;
    let git_sha1 = match &parsed {
        Parsed::Document(_) => git_sha1,
        _ => git_sha1.or_else(|| Some(git_blob_sha1(&content))),
    };
    let (size_bytes, fingerprint) = (content.len() as u64, fingerprint(&content_digest, &reading));
    let version = Version { content_digest, git_sha1, size_bytes, reading, fingerprint };
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
        Parsed::Rejected(rejection) => {
            rejected(rejection, content_digest, version.git_sha1, &reading)
        }
    }
}

fn rejected(
    rejection: Rejection,
    content_digest: Digest,
    git_sha1: Option<String>,
    reading: &Reading,
) -> ItemResult {
    let fingerprint = fingerprint(&content_digest, reading);
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
