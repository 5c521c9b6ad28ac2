//! A store written by hand: items applied one after the other, with no engine around it.
//!
//! It is the second opinion: what an engine left behind is compared with what comes of
//! applying the same pages here, in one order, with nothing going wrong.

use driftless::fingerprint::{Digest, Reading, fingerprint, git_blob_sha1};
use driftless::item::{ItemKey, Sequence, SourceItem};
use driftless::job::{JobId, JobKind};
use driftless::parse::file::FileParser;
use driftless::parse::page::PageSettings;
use driftless::parse::{Parsed, Parser};
use driftless::store::{
    Applied, Durability, Emptied, ItemResult, ItemWrite, JobPlace, NewJob, OntologyWrite,
    PageWrite, ReadOrder, RejectedVersion, SourceRow, Store, StoreError, Version, WriteTransaction,
    apply, create, empty, ensure_source, states_of,
};
use tempfile::TempDir;

/// See the module.
pub(crate) struct HandFed {
    pub(crate) store: Store,
    parser: FileParser,
    reading: Reading,
    reads: i64,
    _folder: TempDir,
}

/// A source of a store written by hand, with the job that all its items are of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    pub(crate) source: SourceRow,
    pub(crate) job_id: i64,
}

impl HandFed {
    /// A new store, whose items are read as `reading` says.
    pub(crate) fn new(reading: Reading) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store.db"), Durability::Normal, 0)
            .expect("a new store");
        let parser = FileParser::new(PageSettings::default());
        Self { store, parser, reading, reads: 0, _folder: folder }
    }

    /// Makes a source.
    pub(crate) async fn feed(&self, name: &str, ontology: &str) -> Feed {
        let (name, ontology, reading) = (name.to_owned(), ontology.to_owned(), self.reading);
        let made = self.store.writer().transact(move |tx| {
            let source = ensure_source(tx, &name, "directory", "{}", &ontology, &<_>::default())?;
            let id = JobId::generate();
            let (kind, source_id, options) = (JobKind::Sync, source.id, "{}".to_owned());
            let job_id = create(tx, &NewJob { id, kind, source_id, options, reading }, 0)?;
            Ok(Feed { source, job_id })
        });
        made.await.expect("a source")
    }

    /// Applies writes in one transaction, in the order given.
    pub(crate) async fn apply(&self, writes: Vec<ItemWrite>) -> Vec<Applied> {
        let done = self
            .store
            .writer()
            .transact(move |tx| writes.iter().map(|write| apply_at_once(tx, write)).collect());
        done.await.expect("applied")
    }

    /// The digest of all that the store holds.
    pub(crate) fn digest(&self) -> Digest {
        self.store.reader().and_then(|reader| reader.digest()).expect("a digest")
    }

    /// What is to be written of one version of an item, as a worker would.
    pub(crate) fn page(&mut self, feed: Feed, key: &str, content: &[u8]) -> ItemWrite {
        let content_digest = Digest::of(content);
        let item = SourceItem {
            key: ItemKey::new(key),
            content: content.to_vec(),
            content_digest,
            git_sha1: None,
        };
        let reading = self.reading;
        let version = Version {
            content_digest,
            git_sha1: Some(git_blob_sha1(content)),
            size_bytes: content.len() as u64,
            reading,
            fingerprint: fingerprint(&content_digest, &reading),
        };
        let result = match self.parser.parse(&item) {
            Parsed::Page(page) => {
                let page = Box::new(PageWrite::new(page, item.content));
                ItemResult::Page { page, version }
            }
            Parsed::Ontology(record) => {
                let ontology = Box::new(OntologyWrite::new(record, &item.key));
                ItemResult::Ontology { ontology, version }
            }
            Parsed::Document(document) => ItemResult::Document { document, version },
            Parsed::Skipped { reason, detail } => {
                ItemResult::Skipped { reason, detail, version: Some(version) }
            }
            Parsed::Rejected(rejection) => {
                let fingerprint = version.fingerprint;
                let version = Some(RejectedVersion { content_digest, git_sha1: None, fingerprint });
                ItemResult::Rejected { rejection, version, attempts: 1 }
            }
        };
        self.write(feed, key, result)
    }

    /// An outcome of an item that is read now.
    pub(crate) fn write(&mut self, feed: Feed, key: &str, result: ItemResult) -> ItemWrite {
        self.reads += 1;
        let Feed { source, job_id } = feed;
        let sequence = Sequence(self.reads.unsigned_abs());
        ItemWrite {
            source,
            key: ItemKey::new(key),
            place: JobPlace { job_id, attempt: 1, sequence },
            read: ReadOrder { epoch: 1, counter: self.reads },
            now_ms: 0,
            result,
        }
    }
}

/// Applies a write, and removes at once what an item stated that is skipped for what it is: there
/// is no guard here.
fn apply_at_once(tx: &WriteTransaction<'_>, write: &ItemWrite) -> Result<Applied, StoreError> {
    let applied = apply(tx, write)?;
    if let (Applied::Done(_), ItemResult::Skipped { reason, detail, version }) =
        (applied, &write.result)
        && !reason.keeps_stored_version()
    {
        let found = states_of(tx, write.source.id, &[&write.key])?;
        let empty_one = |item_id| Emptied {
            item_id,
            reason: *reason,
            detail: detail.clone(),
            version: version.clone(),
        };
        let items: Vec<_> = found.into_iter().flatten().map(|state| empty_one(state.id)).collect();
        empty(tx, write.source, &items)?;
    }
    Ok(applied)
}
