//! Reading: what a person or a program wants to know of a store.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Row, named_params};

use super::dead_letters::{self, DeadLetter, DeadLetterFilter, DeadLetterGroup};
use super::items::{self, ItemState};
use super::jobs::{self, JobRecord};
use super::records::{
    ClassDetail, ClassRecord, DiagnosticFilter, DiagnosticRecord, Edge, ItemRecord, Place,
    RejectedRecord, SkipCount, SourceRecord,
};
use super::{Candidate, CandidateCounts, Holder, StoreError, deletions, digest, lease, open};
use crate::fingerprint::Digest;
use crate::item::ItemKey;
use crate::name::Name;

/// A connection that reads. It sees committed state only and blocks no writer.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
    path: PathBuf,
}

impl Reader {
    /// Opens an existing store for reading.
    ///
    /// # Errors
    ///
    /// [`StoreError::Missing`], [`StoreError::NotAStore`], [`StoreError::SchemaTooNew`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { connection: open::read_connection(path)?, path: path.to_owned() })
    }

    /// Who writes the store now; none if nobody has it open to write. A job that is not at
    /// rest then belongs to a process that died.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn holder(&self) -> Result<Option<Holder>, StoreError> {
        lease::present_holder(&self.connection, &self.path)
    }

    /// The digest of the store's content: equal for equal content, whatever the way there.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn digest(&self) -> Result<Digest, StoreError> {
        let transaction = self.connection.unchecked_transaction()?;
        digest::digest(&transaction)
    }

    /// Every source.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn sources(&self) -> Result<Vec<SourceRecord>, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(SourceRecord {
                id: row.get("id")?,
                name: row.get("name")?,
                kind: row.get("kind")?,
                settings: row.get("settings")?,
                version: row.get("version")?,
                items: count(row, "items")?,
                options: row.get("options")?,
            })
        };
        self.list(sql!("source_list"), &[], read)
    }

    /// The source of this name, if the store knows it.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn source(&self, name: &str) -> Result<Option<SourceRecord>, StoreError> {
        Ok(self.sources()?.into_iter().find(|source| source.name == name))
    }

    /// The newest jobs, the latest first.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn jobs(&self, limit: u32) -> Result<Vec<JobRecord>, StoreError> {
        jobs::recent(&self.connection, limit)
    }

    /// What the store knows of a range of keys; see [`states`](super::states).
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn states(
        &self,
        source_id: i64,
        after: &str,
        up_to: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ItemState>, StoreError> {
        items::states(&self.connection, source_id, after, up_to, limit)
    }

    /// What the store knows of given keys; see [`states_of`](super::states_of).
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn states_of(
        &self,
        source_id: i64,
        keys: &[&ItemKey],
    ) -> Result<Vec<Option<ItemState>>, StoreError> {
        // One transaction locks the file once, and not for every key.
        let transaction = self.connection.unchecked_transaction()?;
        items::states_of(&transaction, source_id, keys)
    }

    /// For how long a source's server still wants to be left alone at `now_ms`, in Unix
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn pause_left(&self, source_id: i64, now_ms: i64) -> Result<Duration, StoreError> {
        Ok(Duration::from_millis(jobs::pause_left(&self.connection, source_id, now_ms)?))
    }

    /// A job's deletion candidates behind the row `after`, in the order of their rows.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn candidates(
        &self,
        job_row: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        deletions::candidates(&self.connection, job_row, after, limit)
    }

    /// Counts a job's deletion candidates.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn candidate_counts(&self, job_row: i64) -> Result<CandidateCounts, StoreError> {
        deletions::counts(&self.connection, job_row)
    }

    /// Counts a source's items up to so many; see [`stored_items`](super::stored_items).
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn stored_items(&self, source_id: i64, up_to: u64) -> Result<u64, StoreError> {
        deletions::stored_items(&self.connection, source_id, up_to)
    }

    /// Items that complete listings lacked and that were not deleted, as (source, key).
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn withheld(&self, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
        self.list(sql!("read_withheld"), named_params! { ":limit": limit }, |row| {
            Ok((row.get("source")?, row.get("key")?))
        })
    }

    /// Open dead letters by cause, the largest group first.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn dead_letter_groups(&self) -> Result<Vec<DeadLetterGroup>, StoreError> {
        dead_letters::groups(&self.connection)
    }

    /// Dead letters by source and key; at most `limit`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn dead_letters(
        &self,
        filter: &DeadLetterFilter,
        with_discarded: bool,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        dead_letters::list(&self.connection, filter, with_discarded, limit)
    }

    /// Keys of a source's open dead letters, in order.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn dead_letter_keys(
        &self,
        source_id: i64,
        filter: &DeadLetterFilter,
    ) -> Result<Vec<ItemKey>, StoreError> {
        dead_letters::keys(&self.connection, source_id, filter)
    }

    /// A source's open dead letters as lines of text; at most `limit`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn errors(&self, source_id: i64, limit: u32) -> Result<Vec<String>, StoreError> {
        let by_source = named_params! { ":source_id": source_id, ":limit": limit };
        self.list(sql!("read_errors"), by_source, |row| row.get(0))
    }

    /// Skipped items by reason, of one source or all.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn skips(&self, source_id: Option<i64>) -> Result<Vec<SkipCount>, StoreError> {
        let by_source = named_params! { ":source_id": source_id };
        self.list(sql!("read_skips"), by_source, |row| {
            let count = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
            Ok(SkipCount { reason: row.get(0)?, items: count(1)?, stored: count(2)? })
        })
    }

    /// Diagnostics by file and line; at most `limit`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn diagnostics(
        &self,
        filter: &DiagnosticFilter,
        limit: u32,
    ) -> Result<Vec<DiagnosticRecord>, StoreError> {
        let params = named_params! {
            ":code": filter.code, ":key": filter.key, ":level": filter.level, ":limit": limit,
        };
        self.list(sql!("read_diagnostics"), params, |row| {
            Ok(DiagnosticRecord {
                source: row.get("source")?,
                key: row.get("key")?,
                line: row.get("line")?,
                level: row.get("level")?,
                code: row.get("code")?,
                message: row.get("message")?,
            })
        })
    }

    /// Classes in the order of their IRIs; at most `limit`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn classes(&self, with_stubs: bool, limit: u32) -> Result<Vec<ClassRecord>, StoreError> {
        let params = named_params! { ":with_stubs": with_stubs, ":limit": limit };
        self.list(sql!("read_classes"), params, class)
    }

    /// The classes that `name` may mean: an IRI in either form, a label, or any name.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn classes_named(&self, name: &str) -> Result<Vec<ClassDetail>, StoreError> {
        let Some(Name { exact, folded }) = Name::new(name) else { return Ok(Vec::new()) };
        let params = named_params! { ":name": name.trim(), ":exact": exact, ":folded": folded };
        let found = self.list(sql!("read_classes_named"), params, class)?;
        found.into_iter().map(|class| self.class_detail(class)).collect()
    }

    /// All that is known of the items with this key, one a source.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn explain(&self, key: &str, source: Option<&str>) -> Result<Vec<ItemRecord>, StoreError> {
        let params = named_params! { ":key": key, ":source": source };
        let found =
            self.list(sql!("read_item"), params, |row| Ok((row.get::<_, i64>("id")?, item(row)?)))?;
        found
            .into_iter()
            .map(|(item_id, mut record)| {
                record.classes = self.classes_of(item_id)?;
                let of_item =
                    DiagnosticFilter { key: Some(key.to_owned()), ..DiagnosticFilter::default() };
                record.diagnostics = self.diagnostics(&of_item, u32::MAX)?;
                record.diagnostics.retain(|found| found.source == record.source);
                Ok(record)
            })
            .collect()
    }

    /// Up to five keys that contain `text`, for one mistyped.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports.
    pub fn similar_keys(&self, text: &str) -> Result<Vec<String>, StoreError> {
        self.list(sql!("read_similar_keys"), named_params! { ":text": text }, |row| row.get(0))
    }

    fn class_detail(&self, class: ClassRecord) -> Result<ClassDetail, StoreError> {
        let by_class = named_params! { ":iri": class.iri, ":ontology": class.ontology_id };
        let stated_in = self.list(sql!("read_class_claims"), by_class, |row| {
            Ok(Place { key: row.get("key")?, line: row.get("line")? })
        })?;
        let outgoing = self.list(sql!("read_class_parents"), by_class, edge)?;
        let children = self.list(sql!("read_class_children"), by_class, edge)?;
        let (parents, relations) =
            outgoing.into_iter().partition(|edge| edge.predicate == crate::record::SUBCLASS_OF);
        Ok(ClassDetail { class, stated_in, parents, relations, children })
    }

    fn classes_of(&self, item_id: i64) -> Result<Vec<(ClassRecord, bool)>, StoreError> {
        self.list(sql!("read_item_classes"), named_params! { ":item_id": item_id }, |row| {
            Ok((class(row)?, row.get("is_shown")?))
        })
    }

    pub(super) fn list<T>(
        &self,
        sql: &str,
        params: &[(&str, &dyn rusqlite::ToSql)],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }
}

pub(super) fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::unsigned_abs)
}

fn class(row: &Row<'_>) -> rusqlite::Result<ClassRecord> {
    Ok(ClassRecord {
        ontology_id: row.get("ontology_id")?,
        class_iri: row.get("class_iri")?,
        iri: row.get("iri")?,
        label: row.get("label")?,
        comment: row.get("comment")?,
        source_file: row.get("source_file")?,
        is_stub: row.get("is_stub")?,
    })
}

fn edge(row: &Row<'_>) -> rusqlite::Result<Edge> {
    Ok(Edge {
        predicate: row.get("predicate")?,
        class_iri: row.get("class_iri")?,
        label: row.get("label")?,
        is_stub: row.get("is_stub")?,
        stated_as: row.get("stated_as")?,
        qualifier: row.get("qualifier")?,
        stated_in: Place { key: row.get("key")?, line: row.get("line")? },
    })
}

fn item(row: &Row<'_>) -> rusqlite::Result<ItemRecord> {
    let digest = |column: &str| -> rusqlite::Result<Option<Digest>> {
        Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(Digest::from))
    };
    let owned = [
        "claims",
        "names",
        "references",
        "wikilinks",
        "properties",
        "fences",
        "declarations",
        "axioms",
        "untyped",
        "imports",
    ];
    let rows = owned.into_iter().map(|table| Ok((table, count(row, table)?)));
    Ok(ItemRecord {
        source: row.get("source")?,
        source_kind: row.get("kind")?,
        source_settings: row.get("settings")?,
        key: row.get("key")?,
        outcome: row.get("outcome")?,
        skip_reason: row.get("skip_reason")?,
        detail: row.get("detail")?,
        job: row.get("job")?,
        attempt: row.get("attempt")?,
        sequence: count(row, "sequence")?,
        decided_at_ms: row.get("decided_at_ms")?,
        content_digest: digest("content_digest")?,
        git_sha1: row.get("git_sha1")?,
        size_bytes: row.get::<_, Option<i64>>("size_bytes")?.map(i64::unsigned_abs),
        parser_version: row.get("parser_version")?,
        configuration_version: digest("configuration_version")?,
        fingerprint: digest("fingerprint")?,
        written_at_ms: row.get("written_at_ms")?,
        rejected: rejected(row, digest("rejected_fingerprint")?)?,
        is_deletion_candidate: row.get("is_candidate")?,
        classes: Vec::new(),
        rows: rows.collect::<rusqlite::Result<_>>()?,
        diagnostics: Vec::new(),
    })
}

fn rejected(
    row: &Row<'_>,
    fingerprint: Option<Digest>,
) -> rusqlite::Result<Option<RejectedRecord>> {
    let Some(stage) = row.get("stage")? else { return Ok(None) };
    Ok(Some(RejectedRecord {
        stage,
        code: row.get("code")?,
        message: row.get("message")?,
        attempts: row.get("attempts")?,
        cause_id: row.get("cause_id")?,
        first_at_ms: row.get("first_at_ms")?,
        last_at_ms: row.get("last_at_ms")?,
        fingerprint,
        discard_reason: row.get("discard_reason")?,
    }))
}
