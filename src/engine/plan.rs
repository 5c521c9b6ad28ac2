//! The dry run: what a sync would do, found out without writing anything.
//!
//! Needs no lock and makes no store: where there is none, everything is new.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::deletions::is_allowed;
use super::{EngineError, Feed, REPORT_LINES, now_ms};
use crate::config::{Config, SyncOptions};
use crate::fingerprint::{fingerprint, git_blob_sha1};
use crate::item::{ItemKey, Outcome, SkipReason, SourceItem};
use crate::parse::{Parsed, Parser, Rejection, TIMED_OUT};
use crate::pipeline::{Decision, GivenKeys, parse_guarded};
use crate::source::{
    Fetched, Gap, Known, Listed, ListedKind, Listing, Missing, Order, Pinned, Source, Traffic,
};
use crate::store::{ItemState, Reader, Standing, StoreError};

/// Items read together.
const BATCH: usize = 32;

/// Rows of the store in one answer.
const STATES: usize = 512;

/// No job has this row: nothing counts as done by the job at hand.
const NO_JOB: i64 = 0;

/// What a sync would do.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Plan {
    /// The name of the source.
    pub source: String,
    /// The version of the source, where it has one.
    pub source_version: Option<String>,
    /// Items the source has.
    pub listed: u64,
    /// Items that would be stored for the first time.
    pub added: u64,
    /// Items that would be stored in a new version.
    pub changed: u64,
    /// Items that stand as they are.
    pub unchanged: u64,
    /// Items that would be left out.
    pub skipped: u64,
    /// Items that would become dead letters, or are.
    pub rejected: u64,
    /// Items that would be deleted.
    pub deleted: u64,
    /// Of these, the ones whose content stands under another key.
    pub renamed: u64,
    /// Whether the guard would withhold the deletions.
    pub deletions_withheld: bool,
    /// Bytes that would be stored.
    pub bytes: u64,
    /// What would happen to single items, at most [`REPORT_LINES`].
    pub changes: Vec<PlannedChange>,
    /// Places that could not be listed.
    pub gaps: Vec<String>,
    /// What would be fetched, where that takes more than reading. Items that would be fetched
    /// count as added or changed, whatever reading them will show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch: Option<PlannedFetch>,
    /// What was asked of the source's server for this plan, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
}

/// What would be fetched from a source's server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedFetch {
    /// Items.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How, and with how many requests, for a person.
    pub way: String,
}

/// What would happen to one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedChange {
    /// `add`, `change`, `skip`, `reject` or `delete`.
    pub action: &'static str,
    /// The item.
    pub key: String,
    /// Why, for a person; may be empty.
    pub detail: String,
}

/// Finds out what [`Engine::sync`](super::Engine::sync) would do to the store at `path`.
///
/// # Errors
///
/// [`EngineError::Source`] if the source cannot be read, [`EngineError::Store`] if the store
/// is there and cannot be.
pub async fn plan(
    path: impl AsRef<Path>,
    config: &Config,
    feed: impl Into<Feed>,
    options: &SyncOptions,
) -> Result<Plan, EngineError> {
    let feed = feed.into();
    let (parser, reading) = feed.parser(config);
    let source = feed.source;
    let reader = match Reader::open(path.as_ref()) {
        Ok(reader) => Some(reader),
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let description = source.description();
    let known = match &reader {
        Some(reader) => reader.source(&description.name)?,
        None => None,
    };
    let mut planning = Planning {
        reading,
        parser,
        is_part: source.restriction().is_some() || !options.keys.is_empty(),
        decision: Decision { job_row: NO_JOB, force: options.force },
        source,
        states: States {
            reader: reader.zip(known.map(|known| known.id)),
            after: String::new(),
            seen: Ranges::default(),
        },
        added: HashSet::new(),
        missing: Missing::default(),
        lacking: Vec::new(),
        stored: 0,
        plan: Plan { source: description.name, ..Plan::default() },
    };
    planning.run(options).await?;
    Ok(planning.plan)
}

struct Planning {
    /// Whether only a part of the source is looked at.
    is_part: bool,
    parser: Arc<dyn Parser>,
    reading: crate::fingerprint::Reading,
    decision: Decision,
    source: Arc<dyn Source>,
    states: States,
    /// Git's names of what would be stored: a deleted item with one of them was renamed.
    added: HashSet<String>,
    /// What would be fetched before it can be read.
    missing: Missing,
    lacking: Vec<ItemState>,
    stored: u64,
    plan: Plan,
}

/// The store's side of the comparison, in the order of keys.
struct States {
    reader: Option<(Reader, i64)>,
    after: String,
    /// Rows that were looked up.
    seen: Ranges,
}

/// Whole numbers as ranges from first to last: few, where the numbers are neighbours.
#[derive(Debug, Default)]
struct Ranges(BTreeMap<i64, i64>);

impl Ranges {
    fn insert(&mut self, number: i64) {
        let before = self.0.range_mut(..=number).next_back();
        match before.filter(|(_, last)| **last + 1 >= number) {
            Some((_, last)) => *last = number.max(*last),
            None => drop(self.0.insert(number, number)),
        }
    }

    fn contain(&self, number: i64) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, last)| *last >= number)
    }
}

impl States {
    /// For how long the source's server still wants to be left alone.
    fn pause_left(&self) -> Result<Duration, StoreError> {
        match &self.reader {
            Some((reader, source)) => reader.pause_left(*source, now_ms()),
            None => Ok(Duration::ZERO),
        }
    }

    /// What the store knows of these keys, in the order of their bytes.
    fn of(&mut self, chunk: &[Listed]) -> Result<Vec<ItemState>, StoreError> {
        let Some((reader, source)) = &self.reader else { return Ok(Vec::new()) };
        let keys: Vec<_> = chunk.iter().map(|listed| &listed.key).collect();
        let states = reader.states_of(*source, &keys)?;
        let mut states: Vec<_> = states.into_iter().flatten().collect();
        states.iter().for_each(|state| self.seen.insert(state.id));
        states.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok(states)
    }

    /// What the store knows behind the last key asked for, up to `up_to` or to the end.
    fn next(&mut self, up_to: Option<&str>) -> Result<Vec<ItemState>, StoreError> {
        let mut all = Vec::new();
        while let Some((reader, source)) = &self.reader {
            let page = reader.states(*source, &self.after, up_to, STATES)?;
            let is_last = page.len() < STATES;
            if let Some(last) = page.last() {
                self.after = last.key.as_str().to_owned();
            }
            all.extend(page);
            if is_last {
                break;
            }
        }
        Ok(all)
    }
}

impl Planning {
    async fn run(&mut self, options: &SyncOptions) -> Result<(), EngineError> {
        let wait = self.states.pause_left()?;
        let pinned = self.source.pin(&Known { wait, ..Known::default() }).await?;
        self.plan.source_version = pinned.version().0;
        let mut listing: Box<dyn Listing> = match &*options.keys {
            [] => pinned.list(),
            keys => Box::new(GivenKeys::new(keys.to_vec())),
        };
        let is_merged = pinned.order() == Order::Bytes && !self.is_part;
        loop {
            let chunk = listing.next().await?;
            let Some(last) = chunk.last() else { break };
            let states = match is_merged {
                true => self.states.next(Some(last.key.as_str()))?,
                false => self.states.of(&chunk)?,
            };
            self.plan.listed += chunk.len() as u64;
            for batch in chunk.chunks(BATCH) {
                self.weigh(&*pinned, batch, &states).await?;
            }
            if is_merged {
                self.stored += states.iter().filter(|state| state.is_stored).count() as u64;
                let is_listed =
                    |s: &ItemState| chunk.binary_search_by(|listed| listed.key.cmp(&s.key)).is_ok();
                self.lacking.extend(states.into_iter().filter(|state| !is_listed(state)));
            }
        }
        if !self.is_part {
            let mut rest = self.states.next(None)?;
            self.stored += rest.iter().filter(|state| state.is_stored).count() as u64;
            rest.retain(|state| !self.states.seen.contain(state.id));
            self.lacking.extend(rest);
        }
        self.weigh_deletions(listing.gaps(), options);
        if self.missing != Missing::default() {
            let way = pinned.prepare(self.missing).await?.unwrap_or_default();
            let Missing { items, bytes } = self.missing;
            self.plan.fetch = Some(PlannedFetch { items, bytes, way });
        }
        self.plan.traffic = self.source.traffic().map(|it| it.borrow().clone());
        Ok(())
    }

    async fn weigh(
        &mut self,
        pinned: &dyn Pinned,
        batch: &[Listed],
        states: &[ItemState],
    ) -> Result<(), EngineError> {
        let state = |key: &ItemKey| {
            states.binary_search_by(|state| state.key.cmp(key)).ok().map(|at| &states[at])
        };
        let mut wanted = Vec::new();
        for listed in batch {
            match &listed.kind {
                ListedKind::Item { size_bytes, git_sha1: Some(git_sha1) } => {
                    self.weigh_unread(listed, *size_bytes, git_sha1, state(&listed.key));
                }
                ListedKind::Item { git_sha1: None, .. } => wanted.push(listed.clone()),
                ListedKind::Delivered { content, content_digest } => {
                    let (key, content) = (listed.key.clone(), content.clone());
                    let content_digest = *content_digest;
                    let item = SourceItem { key, content, content_digest, git_sha1: None };
                    self.weigh_item(&item, state(&listed.key));
                }
                ListedKind::Skipped { reason, detail } => {
                    self.skip(&listed.key, *reason, detail, state(&listed.key));
                }
            }
        }
        let fetched = pinned.fetch(&wanted).await?;
        for (listed, fetched) in wanted.iter().zip(fetched) {
            match fetched {
                Fetched::Skipped { reason, detail } => {
                    self.skip(&listed.key, reason, &detail, state(&listed.key));
                }
                Fetched::Corrupt { detail } => {
                    self.plan.rejected += 1;
                    self.note("reject", &listed.key, &detail);
                }
                Fetched::Item(item) => self.weigh_item(&item, state(&listed.key)),
            }
        }
        Ok(())
    }

    /// Weighs an item that the listing names the content of: it is not fetched for a plan, so
    /// whether it can be used is not known.
    fn weigh_unread(
        &mut self,
        listed: &Listed,
        size_bytes: u64,
        git_sha1: &str,
        state: Option<&ItemState>,
    ) {
        let reading = self.reading;
        let stands = state.and_then(|state| self.decision.on_git_sha1(git_sha1, &reading, state));
        if let Some(stands) = stands {
            return self.count_standing(stands.outcome, state);
        }
        self.missing.items += 1;
        self.missing.bytes += size_bytes;
        self.store(&listed.key, Some(git_sha1.to_owned()), size_bytes, state);
    }

    fn weigh_item(&mut self, item: &SourceItem, state: Option<&ItemState>) {
        let fingerprint = fingerprint(&item.content_digest, &self.reading);
        let stands = state.and_then(|state| self.decision.on_content(&fingerprint, state));
        if let Some(stands) = stands {
            return self.count_standing(stands.outcome, state);
        }
        match parse_guarded(&*self.parser, item) {
            Parsed::Page(_) | Parsed::Ontology(_) => {
                let git_sha1 = Some(git_blob_sha1(&item.content));
                self.store(&item.key, git_sha1, item.content.len() as u64, state);
            }
            Parsed::Document(_) => {
                self.store(&item.key, None, item.content.len() as u64, state);
            }
            Parsed::Skipped { reason, detail } => self.skip(&item.key, reason, &detail, state),
            Parsed::Rejected(Rejection { code: TIMED_OUT, message, .. }) => {
                self.skip(&item.key, SkipReason::TimedOut, &message, state);
            }
            Parsed::Rejected(rejection) => {
                self.plan.rejected += 1;
                self.note("reject", &item.key, &rejection.message);
            }
        }
    }

    fn count_standing(&mut self, outcome: Outcome, state: Option<&ItemState>) {
        match outcome {
            Outcome::Skipped(reason) => {
                self.plan.skipped += 1;
                // A part of the source speaks only of what it would decide anew.
                if !self.is_part {
                    self.lack(reason, state);
                }
            }
            Outcome::Rejected => self.plan.rejected += 1,
            _ => self.plan.unchanged += 1,
        }
    }

    fn store(
        &mut self,
        key: &ItemKey,
        git_sha1: Option<String>,
        bytes: u64,
        state: Option<&ItemState>,
    ) {
        self.added.extend(git_sha1);
        self.plan.bytes += bytes;
        let is_stored = state.is_some_and(|state| matches!(state.standing, Standing::Written(_)));
        let count = if is_stored { &mut self.plan.changed } else { &mut self.plan.added };
        *count += 1;
        self.note(if is_stored { "change" } else { "add" }, key, "");
    }

    fn skip(&mut self, key: &ItemKey, reason: SkipReason, detail: &str, state: Option<&ItemState>) {
        self.plan.skipped += 1;
        let is_new = state.is_none_or(|state| self.decision.on_skip(reason, state).is_none());
        if is_new {
            self.note("skip", key, &format!("{reason}: {detail}"));
        }
        self.lack(reason, state);
    }

    /// Notes an item of which something is stored that would go.
    fn lack(&mut self, reason: SkipReason, state: Option<&ItemState>) {
        if !reason.keeps_stored_version() {
            self.lacking.extend(state.filter(|state| state.is_stored).cloned());
        }
    }

    fn weigh_deletions(&mut self, gaps: &[Gap], options: &SyncOptions) {
        let candidates = self.lacking.len() as u64;
        let lacking = std::mem::take(&mut self.lacking);
        let mut unexplained = 0;
        for state in &lacking {
            let blob = state.decided_on.as_ref().filter(|_| state.content_digest.is_some());
            let renamed = blob.is_some_and(|blob| self.added.contains(&blob.git_sha1));
            unexplained += u64::from(!renamed);
            self.note("delete", &state.key, if renamed { "renamed" } else { "" });
        }
        let (stored, listed) = (self.stored, self.plan.listed);
        let is_allowed =
            !self.is_part && is_allowed(unexplained, stored, listed, options.approve_deletions);
        self.plan.deleted = candidates;
        self.plan.renamed = candidates - unexplained;
        self.plan.deletions_withheld = candidates > 0 && (!is_allowed || !gaps.is_empty());
        self.plan.gaps = gaps.iter().map(|gap| format!("{}: {}", gap.place, gap.reason)).collect();
    }

    fn note(&mut self, action: &'static str, key: &ItemKey, detail: &str) {
        if self.plan.changes.len() < REPORT_LINES as usize {
            let (key, detail) = (key.to_string(), detail.to_owned());
            self.plan.changes.push(PlannedChange { action, key, detail });
        }
    }
}
