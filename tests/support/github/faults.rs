//! Faults: which requests something goes wrong with, and what.
//!
//! A rule is aimed first and loaded last, and reads as a sentence:
//! `faults.first(2).matching("/git/blobs/").cut_after(100)`. Each rule counts the requests
//! that match it from when it was added. Rules that strike the same request add up.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::answer::Answer;
use super::seen::Host;

/// The rules of a server.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<Rule>>,
}

/// A rule that knows whom it will strike.
#[must_use = "a rule does nothing before it is told what happens"]
pub(crate) struct Aim<'a> {
    faults: &'a Faults,
    turns: Turns,
    host: Option<Host>,
    part: String,
}

/// What becomes of one request.
#[derive(Clone, Default)]
pub(crate) struct Plan {
    pub(crate) latency: Duration,
    pub(crate) bytes_per_second: Option<u64>,
    pub(crate) cut_after: Option<u64>,
    pub(crate) stall_after: Option<u64>,
    pub(crate) flip_byte: Option<u64>,
    pub(crate) is_unfinished: bool,
    pub(crate) is_reset: bool,
    pub(crate) is_falsified: bool,
    pub(crate) falsified_file: Option<Vec<u8>>,
    pub(crate) answer: Option<Answer>,
    pub(crate) hides_limits: bool,
    pub(crate) ignores_media_type: bool,
    pub(crate) truncate_at: Option<usize>,
    pub(crate) then: Vec<Arc<dyn Fn() + Send + Sync>>,
}

struct Rule {
    turns: Turns,
    host: Option<Host>,
    part: String,
    matched: u64,
    effect: Box<dyn Fn(&mut Plan) + Send>,
}

/// Which of the matching requests, counted from 1.
#[derive(Clone, Copy, Debug)]
enum Turns {
    Every,
    First(u64),
    Only(u64),
}

impl Faults {
    /// Aims at every request.
    pub(crate) fn every(&self) -> Aim<'_> {
        self.aim(Turns::Every)
    }

    /// Aims at the first `count` requests.
    pub(crate) fn first(&self, count: u64) -> Aim<'_> {
        self.aim(Turns::First(count))
    }

    /// Aims at one request only, the first being 1.
    pub(crate) fn nth(&self, turn: u64) -> Aim<'_> {
        self.aim(Turns::Only(turn))
    }

    /// Drops all rules.
    pub(crate) fn clear(&self) {
        self.rules().clear();
    }

    /// Counts a request and says what becomes of it.
    pub(crate) fn plan(&self, host: Host, path_and_query: &str) -> Plan {
        let mut plan = Plan::default();
        for rule in self.rules().iter_mut() {
            let is_host = rule.host.is_none_or(|aimed| aimed == host);
            if is_host && path_and_query.contains(&rule.part) {
                rule.matched += 1;
                if rule.turns.include(rule.matched) {
                    (rule.effect)(&mut plan);
                }
            }
        }
        plan
    }

    fn aim(&self, turns: Turns) -> Aim<'_> {
        Aim { faults: self, turns, host: None, part: String::new() }
    }

    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().expect("the rules")
    }
}

impl Turns {
    fn include(self, turn: u64) -> bool {
        match self {
            Self::Every => true,
            Self::First(count) => turn <= count,
            Self::Only(only) => turn == only,
        }
    }
}

impl Aim<'_> {
    /// Counts only requests with `part` in their path or query.
    pub(crate) fn matching(self, part: &str) -> Self {
        Self { part: part.to_owned(), ..self }
    }

    /// Counts only requests to one host.
    pub(crate) fn on(self, host: Host) -> Self {
        Self { host: Some(host), ..self }
    }

    /// Waits before it answers.
    pub(crate) fn latency(self, latency: Duration) {
        self.load(move |plan| plan.latency += latency);
    }

    /// Sends the body no faster than this.
    pub(crate) fn bytes_per_second(self, rate: u64) {
        self.load(move |plan| plan.bytes_per_second = Some(rate.max(1)));
    }

    /// Closes the connection after so many bytes of the body: fewer than its length, or within
    /// a chunk.
    pub(crate) fn cut_after(self, bytes: u64) {
        self.load(move |plan| plan.cut_after = Some(bytes));
    }

    /// Sends the whole body, but closes the connection where its framing says that more
    /// follows: one byte short of its length, or without the last chunk.
    pub(crate) fn unfinished(self) {
        self.load(|plan| plan.is_unfinished = true);
    }

    /// Sends the head and so many bytes of the body, then nothing until the client goes.
    pub(crate) fn stall_after(self, bytes: u64) {
        self.load(move |plan| plan.stall_after = Some(bytes));
    }

    /// Resets the connection before any byte of an answer.
    pub(crate) fn reset(self) {
        self.load(|plan| plan.is_reset = true);
    }

    /// Alters the byte at this offset of the body on its way, whatever it means there.
    pub(crate) fn flip_byte(self, offset: u64) {
        self.load(move |plan| plan.flip_byte = Some(offset));
    }

    /// Answers a blob with bytes that are not its own, in a sound envelope.
    pub(crate) fn falsify(self) {
        self.load(|plan| plan.is_falsified = true);
    }

    /// Answers a tarball in which the file at `path` is not the commit's, in a sound envelope.
    pub(crate) fn falsify_file(self, path: impl AsRef<[u8]>) {
        let path = path.as_ref().to_vec();
        self.load(move |plan| plan.falsified_file = Some(path.clone()));
    }

    /// Answers this instead.
    pub(crate) fn answer(self, answer: Answer) {
        self.load(move |plan| plan.answer = Some(answer.clone()));
    }

    /// Leaves out all `x-ratelimit-` headers.
    pub(crate) fn without_limit_headers(self) {
        self.load(|plan| plan.hides_limits = true);
    }

    /// Answers JSON where another media type was asked for.
    pub(crate) fn ignore_media_type(self) {
        self.load(|plan| plan.ignores_media_type = true);
    }

    /// Cuts a recursive tree to so many entries, and says so.
    pub(crate) fn truncate_at_entries(self, entries: usize) {
        self.load(move |plan| plan.truncate_at = Some(entries));
    }

    /// Does something once the answer is settled, before the client has any of it: the next
    /// request finds it done.
    pub(crate) fn then(self, action: impl Fn() + Send + Sync + 'static) {
        let action: Arc<dyn Fn() + Send + Sync> = Arc::new(action);
        self.load(move |plan| plan.then.push(action.clone()));
    }

    fn load(self, effect: impl Fn(&mut Plan) + Send + 'static) {
        let Self { faults, turns, host, part } = self;
        let effect = Box::new(effect);
        faults.rules().push(Rule { turns, host, part, matched: 0, effect });
    }
}
