//! Taking over an old database of VisionFlow, and taking that back: one transaction each.
//!
//! The old database is a source whose items are compared, written and deleted as those of any
//! other. Before the transaction ends every row of it must be accounted for and every rule of
//! the store must hold; else nothing of it is visible.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf, absolute};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::{EngineError, Shared, now_ms};
use crate::checkpoint::{Checkpoint, Counters, Untouched};
use crate::failpoint::failpoint;
use crate::fingerprint::{Reading, fingerprint};
use crate::iri::PrefixTable;
use crate::item::{ItemKey, Outcome, Sequence};
use crate::job::{JobEvent, JobId, JobKind, JobState};
use crate::legacy::{
    Accounts, Item, LeftTable, Legacy, Record, Shape, TableAccount, Unrepresentable,
};
use crate::record::Page;
use crate::store::{
    Applied, Ending, Holdings, ItemResult, ItemState, ItemWrite, JobPlace, MoveReason, NewJob,
    PageWrite, ReadOrder, SourceRow, Standing, StoreError, Totals, Version, WriteTransaction,
    advance, apply, create, delete, ensure_ontology, ensure_source, holdings, prefixes_of,
    save_progress, save_source_version, states, totals, violations_within,
};

/// The kind of source that an old database is.
pub const LEGACY: &str = "legacy";

/// What the folder beside a store is called that a copy of an old database lies in.
const COPY_SUFFIX: &str = ".legacy-copy";

/// States of items that are read together.
const STATES: usize = 500;

/// Broken rules that an error names.
const NAMED_VIOLATIONS: usize = 5;

/// How an old database is taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegacyOptions {
    /// Do everything but the commit.
    pub dry_run: bool,
    /// Take back what an earlier import has brought, and bring nothing.
    pub undo: bool,
}

/// What an import came to, or would come to.
#[derive(Clone, Debug, Serialize)]
pub struct LegacyReport {
    /// The job; of a dry run one that there never was.
    pub job: JobId,
    /// The name of the source that the old database is.
    pub source: String,
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Whether an import was taken back.
    pub undo: bool,
    /// How the old database is laid out; none if it was not looked at.
    pub shape: Option<Shape>,
    /// What became of the rows of each of its tables.
    pub tables: Vec<TableAccount>,
    /// Rows that nothing could be made of, the first hundred.
    pub unrepresentable: Vec<Unrepresentable>,
    /// Tables that are of no kind known here, and stay where they are.
    pub left_tables: Vec<LeftTable>,
    /// Columns that are not kept.
    pub left_columns: Vec<String>,
    /// How the items ended that its rows were made into.
    pub counters: Counters,
    /// What the store shows afterwards.
    pub totals: Totals,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl LegacyReport {
    /// Whether all that the old database holds is in the store.
    pub fn is_whole(&self) -> bool {
        self.left_tables.is_empty() && self.tables.iter().all(|table| table.unrepresentable == 0)
    }
}

/// Takes over the old database at `path`, or takes that back. Waits its turn like a job.
pub(super) async fn import(
    shared: Arc<Shared>,
    path: &Path,
    options: LegacyOptions,
) -> Result<LegacyReport, EngineError> {
    let Ok(_turn) = shared.turn.acquire().await else {
        return Err(EngineError::Engine("the engine is closed".to_owned()));
    };
    let begun = Instant::now();
    let path = canonical(path);
    let name = format!("{LEGACY}:{}", path.display());
    let legacy = match options.undo {
        true => None,
        false => Some(opened(&shared, path.clone()).await?),
    };
    let work = shared.clone();
    let run = move |tx: &WriteTransaction<'_>| {
        let imported = Import::begin(tx, &work, &path, &name, options.undo)
            .and_then(|import| import.run(legacy.as_ref(), options, name, begun));
        Ok(match imported {
            Ok(report) if !options.dry_run => Ending::Commit(Ok(report)),
            ended => Ending::Abort(ended),
        })
    };
    shared.store.writer().transact_or_abort(run).await?
}

/// Opens the old database; its rows are sorted before the store's transaction begins.
async fn opened(shared: &Shared, path: PathBuf) -> Result<Legacy, EngineError> {
    let mut folder = shared.store.path().as_os_str().to_owned();
    folder.push(COPY_SUFFIX);
    let (folder, ontology) = (PathBuf::from(folder), shared.config.ontology_id.clone());
    let open = move || Legacy::open(&path, &folder, &ontology);
    let died = |e: tokio::task::JoinError| EngineError::Engine(e.to_string());
    Ok(tokio::task::spawn_blocking(open).await.map_err(died)??)
}

/// Where a database lies, in one way of writing it; also where it is gone.
fn canonical(path: &Path) -> PathBuf {
    let in_folder = |path: &Path| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    let whole = absolute(path).unwrap_or_else(|_| path.to_owned());
    path.canonicalize().ok().or_else(|| in_folder(&whole)).unwrap_or(whole)
}

/// An ontology as items name it.
struct Scope {
    id: i64,
    prefixes: PrefixTable,
    reading: Reading,
}

/// An import at work, within its transaction.
struct Import<'a> {
    tx: &'a WriteTransaction<'a>,
    shared: &'a Shared,
    source: SourceRow,
    job: JobId,
    job_row: i64,
    scopes: BTreeMap<String, Scope>,
    stored: Stored<'a>,
    counters: Counters,
    /// What the items state, by what was made of the rows.
    stated: Holdings,
    last: Option<ItemKey>,
    version: blake3::Hasher,
    now_ms: i64,
}

impl<'a> Import<'a> {
    fn begin(
        tx: &'a WriteTransaction<'a>,
        shared: &'a Shared,
        path: &Path,
        name: &str,
        is_undo: bool,
    ) -> Result<Self, EngineError> {
        let now_ms = now_ms();
        let ontology = &shared.config.ontology_id;
        let prefixes = prefixes(tx, shared, ontology)?;
        let settings = serde_json::json!({ "path": path.to_string_lossy() }).to_string();
        let source = ensure_source(tx, name, LEGACY, &settings, ontology, &prefixes)?;
        let new = NewJob {
            id: JobId::generate(),
            kind: JobKind::Import,
            source_id: source.id,
            options: serde_json::json!({ "undo": is_undo, "ontology": ontology }).to_string(),
            reading: shared.reading,
        };
        let job_row = create(tx, &new, now_ms)?;
        let none = MoveReason::default();
        advance(tx, job_row, JobState::Queued, JobEvent::Started, &none, now_ms)?;
        Ok(Self {
            tx,
            shared,
            source,
            job: new.id,
            job_row,
            scopes: BTreeMap::new(),
            stored: Stored::of(tx, source.id),
            counters: Counters::default(),
            stated: Holdings::default(),
            last: None,
            version: blake3::Hasher::new(),
            now_ms,
        })
    }

    fn run(
        mut self,
        legacy: Option<&Legacy>,
        options: LegacyOptions,
        source: String,
        begun: Instant,
    ) -> Result<LegacyReport, EngineError> {
        let mut accounts = legacy.map(Legacy::accounts).unwrap_or_default();
        if let Some(legacy) = legacy {
            legacy.each_item(|item| self.take(legacy, &item, &mut accounts))?;
        }
        let is_unknown = legacy.is_none() && self.stored.peek()?.is_none();
        if is_unknown {
            return Err(EngineError::Unknown(format!("nothing in the store is from {source}")));
        }
        while let Some(gone) = self.stored.next()? {
            self.remove(&gone)?;
        }
        failpoint!("legacy::compared");
        self.finish(legacy.is_some())?;
        self.verify(&accounts)?;
        failpoint!("legacy::verified");
        Ok(LegacyReport {
            job: self.job,
            source,
            dry_run: options.dry_run,
            undo: options.undo,
            shape: legacy.map(Legacy::shape),
            tables: accounts.tables,
            unrepresentable: accounts.unrepresentable,
            left_tables: legacy.map(Legacy::left).unwrap_or_default(),
            left_columns: legacy.map(Legacy::left_columns).unwrap_or_default(),
            counters: self.counters,
            totals: totals(self.tx)?,
            seconds: begun.elapsed().as_secs_f64(),
        })
    }

    /// Compares one item with what the store has, and writes it if it differs.
    fn take(
        &mut self,
        legacy: &Legacy,
        item: &Item,
        accounts: &mut Accounts,
    ) -> Result<(), EngineError> {
        self.open_scope(legacy, &item.ontology)?;
        let Some(scope) = self.scopes.get(&item.ontology) else { return Ok(()) };
        // What is without a single row that says something is no item.
        let Some(record) = legacy.record(item, &scope.prefixes, accounts) else { return Ok(()) };
        let content_digest = item.digest();
        let version = Version {
            content_digest,
            git_sha1: record.git_sha1.clone(),
            size_bytes: record.content.len() as u64,
            reading: scope.reading,
            fingerprint: fingerprint(&content_digest, &scope.reading),
        };
        let source = SourceRow { ontology_id: scope.id, ..self.source };
        count(&mut self.stated, &record.page);
        while let Some(gone) = self.stored.next_before(&item.key)? {
            self.remove(&gone)?;
        }
        self.version.update(item.key.as_str().as_bytes());
        self.version.update(version.fingerprint.as_bytes());
        let known = self.stored.next_at(&item.key)?;
        let is_same = known.is_some_and(|it| it.standing == Standing::Written(version.fingerprint));
        let sequence = Sequence(self.counters.listed);
        self.counters.listed += 1;
        self.last = Some(item.key.clone());
        if is_same {
            self.counters.count(Outcome::Unchanged);
            return Ok(());
        }
        self.write(source, item, record, version, sequence)
    }

    fn write(
        &mut self,
        source: SourceRow,
        item: &Item,
        record: Record,
        version: Version,
        sequence: Sequence,
    ) -> Result<(), EngineError> {
        failpoint!("legacy::item");
        self.counters.bytes += version.size_bytes;
        let counter = self.shared.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let page = Box::new(PageWrite::new(Box::new(record.page), record.content));
        let write = ItemWrite {
            source,
            key: item.key.clone(),
            place: JobPlace { job_id: self.job_row, attempt: 1, sequence },
            read: ReadOrder { epoch: self.tx.epoch, counter },
            now_ms: self.now_ms,
            result: ItemResult::Page { page, version },
        };
        match apply(self.tx, &write)? {
            Applied::Done(saved) => {
                self.counters.count(Outcome::Written);
                self.counters.count_saved(&saved);
            }
            // A page takes no time: it was read before.
            Applied::GivenUp => self.counters.count(Outcome::Rejected),
            Applied::Superseded => self.counters.count(Outcome::Superseded),
        }
        Ok(())
    }

    fn remove(&mut self, gone: &ItemState) -> Result<(), EngineError> {
        delete(self.tx, self.source, &[gone.id], self.job_row, self.now_ms)?;
        self.counters.candidates += 1;
        self.counters.deleted += 1;
        Ok(())
    }

    /// Makes the ontology that items name, unless that is done.
    fn open_scope(&mut self, legacy: &Legacy, name: &str) -> Result<(), EngineError> {
        if self.scopes.contains_key(name) {
            return Ok(());
        }
        let prefixes = prefixes(self.tx, self.shared, name)?;
        let id = ensure_ontology(self.tx, name, &prefixes)?;
        let reading = legacy.reading(&prefixes);
        self.scopes.insert(name.to_owned(), Scope { id, prefixes, reading });
        Ok(())
    }

    /// Ends the job, as complete as all that is committed with it.
    fn finish(&mut self, has_version: bool) -> Result<(), EngineError> {
        let version = has_version.then(|| self.version.finalize().to_hex().to_string());
        save_source_version(self.tx, self.job_row, version.as_deref())?;
        let untouched = Untouched { unchanged: self.counters.unchanged, ..Untouched::default() };
        let checkpoint = Checkpoint {
            attempt: 1,
            watermark: self.counters.listed,
            cursor: self.last.take(),
            untouched,
            counters: self.counters,
        };
        let total = (Some(self.counters.listed), false);
        save_progress(self.tx, self.job_row, &checkpoint, &self.counters, total, self.now_ms)?;
        let none = MoveReason::default();
        let (job, from, end) = (self.job_row, JobState::Running, JobEvent::Finished);
        advance(self.tx, job, from, end, &none, now_ms())?;
        Ok(())
    }

    /// Fails unless every row is accounted for, the store holds what was made of the rows, and
    /// every rule of the store holds.
    fn verify(&self, accounts: &Accounts) -> Result<(), EngineError> {
        if let Some(gap) = accounts.gap() {
            return Err(EngineError::Unaccounted(format!("{gap:?} does not add up")));
        }
        let held = holdings(self.tx, self.source.id)?;
        if held != self.stated {
            let stated = &self.stated;
            let message = format!("the rows state {stated:?} and the store holds {held:?}");
            return Err(EngineError::Unaccounted(message));
        }
        let violations = violations_within(self.tx)?;
        if violations.is_empty() {
            return Ok(());
        }
        let some: Vec<_> = violations.into_iter().take(NAMED_VIOLATIONS).collect();
        Err(StoreError::Damaged(some.join("; ")).into())
    }
}

/// The prefixes by which an ontology is shown; those of the configuration where it is new. Others
/// would show what other sources have stated in another way.
fn prefixes(
    tx: &WriteTransaction<'_>,
    shared: &Shared,
    ontology: &str,
) -> Result<PrefixTable, StoreError> {
    let known = prefixes_of(tx, ontology)?;
    Ok(known.unwrap_or_else(|| shared.config.pages.prefixes.clone()))
}

/// Adds what a page states.
fn count(stated: &mut Holdings, page: &Page) {
    stated.claims += page.blocks.len() as u64;
    stated.references += page.blocks.iter().map(|it| it.references.len() as u64).sum::<u64>();
    stated.properties += page.owl_properties.len() as u64;
    stated.axioms += page.ontology.axioms.len() as u64;
    stated.nodes += u64::from(page.is_graph);
    stated.links += page.links.iter().map(|it| u64::from(it.count)).sum::<u64>();
}

/// What the store had of the source, in the order of the keys.
struct Stored<'a> {
    tx: &'a WriteTransaction<'a>,
    source_id: i64,
    page: VecDeque<ItemState>,
    /// The last key that was read.
    after: String,
    /// Whether all was read: what is found behind that was written since.
    is_read: bool,
}

impl<'a> Stored<'a> {
    fn of(tx: &'a WriteTransaction<'a>, source_id: i64) -> Self {
        Self { tx, source_id, page: VecDeque::new(), after: String::new(), is_read: false }
    }

    fn peek(&mut self) -> Result<Option<&ItemState>, StoreError> {
        if self.page.is_empty() && !self.is_read {
            self.page = states(self.tx, self.source_id, &self.after, None, STATES)?.into();
            self.is_read = self.page.len() < STATES;
            if let Some(last) = self.page.back() {
                self.after = last.key.to_string();
            }
        }
        Ok(self.page.front())
    }

    fn next(&mut self) -> Result<Option<ItemState>, StoreError> {
        self.peek()?;
        Ok(self.page.pop_front())
    }

    fn next_before(&mut self, key: &ItemKey) -> Result<Option<ItemState>, StoreError> {
        match self.peek()? {
            Some(state) if state.key < *key => self.next(),
            _ => Ok(None),
        }
    }

    fn next_at(&mut self, key: &ItemKey) -> Result<Option<ItemState>, StoreError> {
        match self.peek()? {
            Some(state) if state.key == *key => self.next(),
            _ => Ok(None),
        }
    }
}
