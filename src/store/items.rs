//! Items: one outcome, one transaction, with all that belongs to it.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::documents::{self, Changed};
use super::item_write::{ItemResult, ItemWrite, ReadOrder, RejectedVersion, Version};
use super::removal::settle;
use super::statements::{self, Stated, Stater};
use super::{StoreError, dead_letters, set_aside};
use crate::checkpoint::Saved;
use crate::failpoint::sabotaged;
use crate::fingerprint::Digest;
use crate::item::{ItemKey, SkipReason};
use crate::record::{Rejection, Stage};

/// Walks from row to row that may come to nothing, beyond the rows that others gave, before
/// keys are only searched for: rows may lie in another order than that of a listing.
const VAIN_WALKS: usize = 8;

/// What a write came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// As asked, with the rows that consumers see because of it.
    Done(Saved),
    /// A dead letter, for the item took too long once more than it may.
    GivenUp,
    /// Nothing: a later reading of the item was stored before.
    Superseded,
}

/// What the store knows of one item, for the decision whether to look at it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemState {
    /// Its row.
    pub id: i64,
    /// Its key.
    pub key: ItemKey,
    /// How it stands.
    pub standing: Standing,
    /// The job that decided it last.
    pub job_id: i64,
    /// BLAKE3 of the content that stands for it.
    pub content_digest: Option<Digest>,
    /// The content that it was decided on last, where Git's name for that is known.
    pub decided_on: Option<Blob>,
    /// Rows that consumers see because of it.
    pub saved: Saved,
    /// Whether something is stored of it.
    pub is_stored: bool,
}

/// One content under both its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Git's name for it.
    pub git_sha1: String,
    /// BLAKE3 of it.
    pub content_digest: Digest,
}

/// How an item stands in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Stored, in the version of this fingerprint.
    Written(Digest),
    /// Left out; with a fingerprint where the content was the reason.
    Skipped(SkipReason, Option<Digest>),
    /// Rejected in the version of this fingerprint, if it could be read.
    Rejected {
        /// The rejected version.
        fingerprint: Option<Digest>,
        /// Whether somebody gave it up.
        is_discarded: bool,
    },
}

/// Writes one item's outcome with its statements, diagnostics, dead letter and words.
///
/// # Errors
///
/// Whatever SQLite reports; the caller's transaction must then be dropped.
pub fn apply(tx: &Connection, write: &ItemWrite) -> Result<Applied, StoreError> {
    let mut changed = Changed::default();
    let applied = apply_one(tx, write, &mut changed)?;
    changed.index(tx)?;
    Ok(applied)
}

/// Writes the outcomes of several items, each whole or not at all, in the order given.
///
/// With `savepoints` an item whose rows the schema refuses costs only itself, and each costs a
/// little more: SQLite keeps a copy of every page that it changes.
///
/// # Errors
///
/// Whatever else SQLite reports, and without savepoints [`StoreError::Constraint`] too; the
/// caller's transaction must then be dropped.
pub fn apply_each(
    tx: &Connection,
    writes: &[ItemWrite],
    savepoints: bool,
) -> Result<Vec<Result<Applied, StoreError>>, StoreError> {
    let mut changed = Changed::default();
    let mut applied = Vec::with_capacity(writes.len());
    for write in writes {
        let done = if savepoints {
            apply_in_savepoint(tx, write, &mut changed)?
        } else {
            Ok(apply_one(tx, write, &mut changed)?)
        };
        applied.push(done);
    }
    changed.index(tx)?;
    Ok(applied)
}

fn apply_in_savepoint<'a>(
    tx: &Connection,
    write: &'a ItemWrite,
    changed: &mut Changed<'a>,
) -> Result<Result<Applied, StoreError>, StoreError> {
    tx.prepare_cached(sql!("savepoint_begin"))?.execute([])?;
    let mut of_one = Changed::default();
    let done = match apply_one(tx, write, &mut of_one) {
        Ok(done) => {
            changed.append(of_one);
            Ok(done)
        }
        Err(error @ StoreError::Constraint(_)) => {
            tx.prepare_cached(sql!("savepoint_abort"))?.execute([])?;
            Err(error)
        }
        Err(error) => return Err(error),
    };
    tx.prepare_cached(sql!("savepoint_release"))?.execute([])?;
    Ok(done)
}

fn apply_one<'a>(
    tx: &Connection,
    write: &'a ItemWrite,
    changed: &mut Changed<'a>,
) -> Result<Applied, StoreError> {
    let known = find(tx, write)?;
    if known.as_ref().is_some_and(|known| known.read > write.read) {
        return Ok(Applied::Superseded);
    }
    let known = known.map(|known| known.id);
    let none = Saved::default();
    match &write.result {
        ItemResult::Page { page, version } => {
            let saved = statements::saved_by(page);
            let item_id = upsert_version(tx, write, known, "written", None, Some(version), &saved)?;
            if sabotaged!("sabotage::two_transactions") {
                tx.execute_batch("commit; begin immediate")?;
                crate::failpoint::failpoint!("sabotage::between_transactions");
            }
            let stater = stater(write, item_id, known.is_some());
            statements::replace_by_page(tx, stater, page, changed)?;
            settle(tx, item_id, known.is_some())?;
            Ok(Applied::Done(saved))
        }
        ItemResult::Ontology { ontology, version } => {
            let saved = Stated::of_ontology(ontology).saved();
            let item_id = upsert_version(tx, write, known, "written", None, Some(version), &saved)?;
            let stater = stater(write, item_id, known.is_some());
            statements::replace_by_ontology(tx, stater, ontology, changed)?;
            settle(tx, item_id, known.is_some())?;
            Ok(Applied::Done(saved))
        }
        ItemResult::Document { document, version } => {
            let item_id = upsert_version(tx, write, known, "written", None, Some(version), &none)?;
            let type_id = write.source.document_type.ok_or_else(|| {
                StoreError::Damaged(format!("the source of {} has no document type", write.key))
            })?;
            documents::keep(tx, item_id, known.is_some(), document, type_id, changed)?;
            settle(tx, item_id, known.is_some())?;
            Ok(Applied::Done(none))
        }
        ItemResult::Skipped { reason: SkipReason::TimedOut, detail, version: Some(version) } => {
            time_out(tx, write, known, detail, version)
        }
        ItemResult::Skipped { reason, detail, version } => {
            skip(tx, write, known, (*reason, detail), version.as_ref())?;
            Ok(Applied::Done(none))
        }
        ItemResult::Rejected { rejection, version, attempts } => {
            let item_id = upsert_outcome(tx, write, known, "rejected", None)?;
            dead_letters::open(tx, item_id, write, rejection, version.as_ref(), *attempts)?;
            if known.is_some() {
                set_aside::forget(tx, item_id)?;
            }
            Ok(Applied::Done(none))
        }
    }
}

/// Records that an item is left out. What is stored of it stays, whatever the reason: see
/// [`empty`](super::empty).
fn skip(
    tx: &Connection,
    write: &ItemWrite,
    known: Option<i64>,
    why: (SkipReason, &str),
    version: Option<&Version>,
) -> Result<(), StoreError> {
    let is_circumstance = why.0.keeps_stored_version();
    let is_stored = known.map(|item_id| is_stored(tx, item_id)).transpose()?.unwrap_or(false);
    if !is_circumstance && !is_stored {
        let none = Saved::default();
        let item_id = upsert_version(tx, write, known, "skipped", Some(why), version, &none)?;
        return settle(tx, item_id, known.is_some());
    }
    let item_id = upsert_outcome(tx, write, known, "skipped", Some(why))?;
    if !is_circumstance {
        settle(tx, item_id, true)?;
    }
    match version {
        Some(version) => set_aside::keep(tx, item_id, version, 0),
        None => Ok(()),
    }
}

/// Records that an item took too long: it is tried again by the next jobs, then rejected.
fn time_out(
    tx: &Connection,
    write: &ItemWrite,
    known: Option<i64>,
    detail: &str,
    version: &Version,
) -> Result<Applied, StoreError> {
    let before = known.map(|item_id| set_aside::timeouts(tx, item_id, version)).transpose()?;
    let timeouts = before.unwrap_or(0) + 1;
    if timeouts < set_aside::TIMEOUT_JOBS {
        let why = Some((SkipReason::TimedOut, detail));
        let item_id = upsert_outcome(tx, write, known, "skipped", why)?;
        set_aside::keep(tx, item_id, version, timeouts)?;
        return Ok(Applied::Done(Saved::default()));
    }
    let item_id = upsert_outcome(tx, write, known, "rejected", None)?;
    let (stage, message) = (Stage::Parse, detail.to_owned());
    let rejection = Rejection { stage, code: SkipReason::TimedOut.as_str(), message };
    let rejected = RejectedVersion {
        content_digest: version.content_digest,
        git_sha1: version.git_sha1.clone(),
        fingerprint: version.fingerprint,
    };
    dead_letters::open(tx, item_id, write, &rejection, Some(&rejected), 1)?;
    set_aside::forget(tx, item_id)?;
    Ok(Applied::GivenUp)
}

fn is_stored(tx: &Connection, item_id: i64) -> Result<bool, StoreError> {
    let by_item = named_params! { ":item_id": item_id };
    Ok(tx.prepare_cached(sql!("item_is_stored"))?.query_row(by_item, |row| row.get(0))?)
}

/// What the store knows of the keys behind `after` up to and including `up_to`, or of all
/// behind it, in the order of their bytes; at most `limit`. Tombstones are not among them.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn states(
    connection: &Connection,
    source_id: i64,
    after: &str,
    up_to: Option<&str>,
    limit: usize,
) -> Result<Vec<ItemState>, StoreError> {
    let limit = limit as i64;
    let mut statement;
    let rows = match up_to {
        Some(up_to) => {
            statement = connection.prepare_cached(sql!("item_states"))?;
            statement.query_map(
                named_params! {
                    ":source_id": source_id, ":after": after, ":up_to": up_to, ":limit": limit,
                },
                state,
            )?
        }
        None => {
            statement = connection.prepare_cached(sql!("item_states_rest"))?;
            statement.query_map(
                named_params! { ":source_id": source_id, ":after": after, ":limit": limit },
                state,
            )?
        }
    };
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What the store knows of given keys, in the order asked; nothing of those it does not know.
///
/// What is listed together lies together in most stores. So where one key was found, the next
/// ones are looked for in the rows behind it, as long as they are there: a step costs a third of
/// a search.
///
/// # Errors
///
/// Whatever SQLite reports.
pub fn states_of(
    connection: &Connection,
    source_id: i64,
    keys: &[&ItemKey],
) -> Result<Vec<Option<ItemState>>, StoreError> {
    let mut by_key = connection.prepare_cached(sql!("item_states_of"))?;
    let mut states = Vec::with_capacity(keys.len());
    let mut vain_walks = VAIN_WALKS;
    while let Some(key) = keys.get(states.len()) {
        let by_key = by_key
            .query_row(named_params! { ":source_id": source_id, ":key": key.as_str() }, state);
        let found = by_key.optional()?;
        let row = found.as_ref().map(|found| found.id);
        states.push(found);
        let rest = &keys[states.len()..];
        if let Some(row) = row.filter(|_| vain_walks > 0 && !rest.is_empty()) {
            let met = states_behind(connection, source_id, row, rest)?;
            vain_walks = vain_walks + met.len() - usize::from(met.is_empty());
            states.extend(met.into_iter().map(Some));
        }
    }
    Ok(states)
}

/// What the rows behind one say of these keys, up to the first that is not in its place.
fn states_behind(
    connection: &Connection,
    source_id: i64,
    row: i64,
    keys: &[&ItemKey],
) -> Result<Vec<ItemState>, StoreError> {
    let mut behind = connection.prepare_cached(sql!("item_states_behind"))?;
    // The bound keeps SQLite from walking over any number of tombstones to the next item.
    let up_to = row + keys.len() as i64;
    let mut rows = behind.query(named_params! { ":after": row, ":up_to": up_to })?;
    let mut states = Vec::new();
    for key in keys {
        match rows.next()? {
            Some(row) if is_of(row, source_id, key)? => {
                states.push(state_of(row, (*key).clone())?);
            }
            _ => break,
        }
    }
    Ok(states)
}

/// Whether a row of the view `item_state` is that of an item.
fn is_of(row: &Row<'_>, source_id: i64, key: &ItemKey) -> rusqlite::Result<bool> {
    Ok(row.get_ref(1)?.as_str()? == key.as_str() && row.get::<_, i64>(17)? == source_id)
}

/// Reads a row of the view `item_state`: by places, for names are searched for each time.
fn state(row: &Row<'_>) -> rusqlite::Result<ItemState> {
    state_of(row, ItemKey::new(row.get::<_, String>(1)?))
}

/// Reads the rest of a row of the view `item_state`, whose key is known.
fn state_of(row: &Row<'_>, key: ItemKey) -> rusqlite::Result<ItemState> {
    let digest = |at: usize| -> rusqlite::Result<Option<Digest>> {
        Ok(row.get::<_, Option<[u8; 32]>>(at)?.map(Digest::from))
    };
    let reason = row.get_ref(3)?.as_str_or_null()?.and_then(SkipReason::from_name);
    let (content_digest, fingerprint) = (digest(5)?, digest(7)?);
    let stored = |row: &Row<'_>| Ok::<_, rusqlite::Error>((row.get(6)?, content_digest));
    let outcome = row.get_ref(2)?.as_str()?;
    let (standing, (decided_sha1, decided_digest)) = match (outcome, reason, fingerprint) {
        ("written", _, Some(fingerprint)) => (Standing::Written(fingerprint), stored(row)?),
        ("skipped", Some(reason), fingerprint) => match digest(18)? {
            None => (Standing::Skipped(reason, fingerprint), stored(row)?),
            aside => (Standing::Skipped(reason, aside), (row.get(19)?, digest(20)?)),
        },
        _ => {
            let (fingerprint, is_discarded) = (digest(8)?, row.get(11)?);
            (Standing::Rejected { fingerprint, is_discarded }, (row.get(9)?, digest(10)?))
        }
    };
    let decided_on = Option::zip(decided_sha1, decided_digest)
        .map(|(git_sha1, content_digest)| Blob { git_sha1, content_digest });
    let count = |at: usize| row.get::<_, u32>(at).map(u64::from);
    Ok(ItemState {
        id: row.get(0)?,
        key,
        standing,
        job_id: row.get(4)?,
        content_digest,
        decided_on,
        saved: Saved {
            classes: count(12)?,
            properties: count(13)?,
            axioms: count(14)?,
            nodes: count(15)?,
            edges: count(16)?,
        },
        is_stored: row.get(21)?,
    })
}

struct Known {
    id: i64,
    read: ReadOrder,
}

fn find(tx: &Connection, write: &ItemWrite) -> Result<Option<Known>, StoreError> {
    let by_key = named_params! { ":source_id": write.source.id, ":key": write.key.as_str() };
    let known = tx
        .prepare_cached(sql!("item_find"))?
        .query_row(by_key, |row| {
            let read =
                ReadOrder { epoch: row.get("read_epoch")?, counter: row.get("read_counter")? };
            Ok(Known { id: row.get("id")?, read })
        })
        .optional()?;
    Ok(known)
}

fn stater(write: &ItemWrite, item_id: i64, is_known: bool) -> Stater {
    Stater { item_id, ontology_id: write.source.ontology_id, is_known }
}

fn upsert_version(
    tx: &Connection,
    write: &ItemWrite,
    known: Option<i64>,
    outcome: &str,
    skip: Option<(SkipReason, &str)>,
    version: Option<&Version>,
    saved: &Saved,
) -> Result<i64, StoreError> {
    tx.prepare_cached(sql!("item_upsert_version"))?.execute(named_params! {
        ":source_id": write.source.id, ":key": write.key.as_str(), ":outcome": outcome,
        ":skip_reason": skip.map(|(reason, _)| reason.as_str()),
        ":detail": skip.map(|(_, detail)| detail),
        ":job_id": write.place.job_id, ":attempt": write.place.attempt,
        ":sequence": write.place.sequence.0 as i64, ":now_ms": write.now_ms,
        ":read_epoch": write.read.epoch, ":read_counter": write.read.counter,
        ":content_digest": version.map(|v| *v.content_digest.as_bytes()),
        ":git_sha1": version.and_then(|v| v.git_sha1.as_ref()),
        ":size_bytes": version.map(|v| v.size_bytes as i64),
        ":parser_version": version.map(|v| v.reading.parser_version),
        ":configuration_version":
            version.map(|v| *v.reading.configuration_version.as_bytes()),
        ":fingerprint": version.map(|v| *v.fingerprint.as_bytes()),
        ":saved_classes": saved.classes as i64, ":saved_properties": saved.properties as i64,
        ":saved_axioms": saved.axioms as i64, ":saved_nodes": saved.nodes as i64,
        ":saved_edges": saved.edges as i64,
    })?;
    Ok(known.unwrap_or_else(|| tx.last_insert_rowid()))
}

fn upsert_outcome(
    tx: &Connection,
    write: &ItemWrite,
    known: Option<i64>,
    outcome: &str,
    skip: Option<(SkipReason, &str)>,
) -> Result<i64, StoreError> {
    tx.prepare_cached(sql!("item_upsert_outcome"))?.execute(named_params! {
        ":source_id": write.source.id, ":key": write.key.as_str(), ":outcome": outcome,
        ":skip_reason": skip.map(|(reason, _)| reason.as_str()),
        ":detail": skip.map(|(_, detail)| detail),
        ":job_id": write.place.job_id, ":attempt": write.place.attempt,
        ":sequence": write.place.sequence.0 as i64, ":now_ms": write.now_ms,
        ":read_epoch": write.read.epoch, ":read_counter": write.read.counter,
    })?;
    Ok(known.unwrap_or_else(|| tx.last_insert_rowid()))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use rusqlite::StatementStatus;

    use super::*;
    use crate::store::delete;
    use crate::store::item_write::SourceRow;
    use crate::store::migrate::migrate;

    /// A store of two sources with these items, one row behind the other: whose, which key, and
    /// whether it stands.
    fn store(items: impl IntoIterator<Item = (i64, u32, bool)>) -> Connection {
        let mut store = Connection::open_in_memory().expect("a database");
        migrate(&mut store, 0).expect("a schema");
        let known = "insert into source (id, name, kind, settings) values \
                      (1, 'a', 'sqlite', '{}'), (2, 'b', 'sqlite', '{}'); \
                      insert into job (id, uid, source_id, kind, state, options, parser_version, \
                      configuration_version, created_at_ms, updated_at_ms) \
                      values (1, 'j', 1, 'sync', 'running', '{}', 1, x'', 0, 0);";
        store.execute_batch(known).expect("two sources and a job");
        let insert = "insert or ignore into item (source_id, key, outcome, job_id, attempt, \
                      sequence, decided_at_ms, read_epoch, read_counter, fingerprint) \
                      values (?1, ?2, ?3, 1, 1, 1, 0, 1, 1, zeroblob(32))";
        store.execute_batch("begin").expect("a transaction");
        for (source, key, stands) in items {
            let outcome = if stands { "written" } else { "deleted" };
            store.execute(insert, (source, key.to_string(), outcome)).expect("an item");
        }
        store.execute_batch("commit").expect("committed");
        store
    }

    fn asked(store: &Connection, keys: &[u32]) -> Vec<Option<ItemState>> {
        let keys: Vec<_> = keys.iter().map(|key| ItemKey::new(key.to_string())).collect();
        states_of(store, 1, &keys.iter().collect::<Vec<_>>()).expect("states")
    }

    /// Steps that SQLite has taken for a statement.
    fn steps(store: &Connection, sql: &str) -> i32 {
        let statement = store.prepare_cached(sql).expect("a statement");
        statement.get_status(StatementStatus::VmStep)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
        #[test]
        fn keys_asked_for_together_give_what_each_gives_alone(
            items in vec((1..3_i64, 0..40_u32, prop::bool::weighted(0.9)), 0..60),
            keys in vec(0..50_u32, 0..60),
        ) {
            let store = store(items);
            let in_order: Vec<_> = (0..50).collect();
            for keys in [keys, in_order] {
                let alone = keys.iter().flat_map(|key| asked(&store, &[*key])).collect::<Vec<_>>();
                prop_assert_eq!(asked(&store, &keys), alone);
            }
        }
    }

    #[test]
    fn items_that_lie_together_are_searched_for_once() {
        let store = store((0..500).map(|key| (1, key, true)));
        let one = asked(&store, &[7]);
        let search = steps(&store, sql!("item_states_of"));
        assert!(one[0].is_some() && search > 0);
        let all = asked(&store, &(0..500).collect::<Vec<_>>());
        assert!(all.iter().all(Option::is_some));
        assert_eq!(steps(&store, sql!("item_states_of")), 2 * search);
    }

    #[test]
    fn neither_rows_of_others_nor_tombstones_are_walked_however_many_lie_between() {
        let others = |key| (2, key, true);
        let tombstones = |key| (1, 1_000_000 + key, false);
        for between in [others, tombstones] {
            let items = (0..250).map(|key| (1, key, true));
            let items = items.chain((0..10_000).map(between));
            let store = store(items.chain((250..500).map(|key| (1, key, true))));
            let all = asked(&store, &(0..500).collect::<Vec<_>>());
            assert!(all.iter().all(Option::is_some));
            let walked = steps(&store, sql!("item_states_behind"));
            assert!(walked < 500 * 64, "{walked} steps");
        }
    }

    #[test]
    fn where_rows_lie_in_another_order_than_keys_walks_are_given_up() {
        let store = store((0..500).rev().map(|key| (1, key, true)));
        let all = asked(&store, &(0..500).collect::<Vec<_>>());
        assert!(all.iter().all(Option::is_some));
        let vain = steps(&store, sql!("item_states_behind"));
        assert!(vain < VAIN_WALKS as i32 * 64, "{vain} steps");
    }

    #[test]
    fn documents_that_go_together_leave_the_index_together_whatever_their_order() {
        let store = store((0..200).map(|key| (1, key, true)));
        let document = "insert into document (id, type_id, title) \
                        select id, 1, 'rope ' || key from item; \
                        insert into search (rowid, title) select id, title from document;";
        store.execute_batch(document).expect("documents");
        let pieces = "select count(distinct id >> 37) from search_data where id > 10";
        let pieces = || store.query_row(pieces, [], |row| row.get::<_, i64>(0)).expect("a count");
        let before = pieces();
        let source = SourceRow { id: 1, ontology_id: 1, document_type: None };
        let items: Vec<i64> = (1..=100).rev().collect();
        let tx = store.unchecked_transaction().expect("a transaction");
        delete(&tx, source, &items, 1, 0).expect("deleted");
        tx.commit().expect("committed");
        assert_eq!(pieces(), before + 1);
        let check = "insert into search (search, rank) values ('integrity-check', 1)";
        store.execute(check, []).expect("an index true to the documents");
    }
}
