//! The naive way, which the engine is compared with.

use std::fs;
use std::path::{Path, PathBuf};

use driftless::fingerprint::{Digest, git_blob_sha1};
use driftless::item::{ItemKey, Sequence, SourceItem};
use driftless::job::{JobId, JobKind};
use driftless::parse::page::{PageParser, PageSettings};
use driftless::parse::{Parsed, Parser};
use driftless::store::{
    Durability, ItemResult, ItemWrite, JobPlace, NewJob, OntologyWrite, PageWrite, ReadOrder,
    Store, Version, apply, create, ensure_source,
};

/// Everything in memory first, one transaction at the end: any error loses all.
pub(crate) fn naive(path: &Path, root: &Path) {
    let parser = PageParser::new(PageSettings::default());
    let reading = parser.reading();
    let mut results = Vec::new();
    for file in files(root) {
        let content = fs::read(root.join(&file)).expect("a file");
        let content_digest = Digest::of(&content);
        let key = ItemKey::new(file);
        let item = SourceItem { key, content, content_digest, git_sha1: None };
        let parsed = parser.parse(&item);
        let version = Version {
            content_digest,
            git_sha1: Some(git_blob_sha1(&item.content)),
            size_bytes: item.content.len() as u64,
            reading,
            fingerprint: driftless::fingerprint::fingerprint(&content_digest, &reading),
        };
        let result = match parsed {
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
                ItemResult::Rejected { rejection, version: None, attempts: 1 }
            }
        };
        results.push((item.key, result));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(path, Durability::Normal, 0).expect("a store");
        let save = move |tx: &driftless::store::WriteTransaction<'_>| {
            let source = ensure_source(tx, "naive", "directory", "{}", "default", &<_>::default())?;
            let job = NewJob {
                id: JobId::generate(),
                kind: JobKind::Sync,
                source_id: source.id,
                options: "{}".to_owned(),
                reading,
            };
            let job_id = create(tx, &job, 0)?;
            for (at, (key, result)) in (0..).zip(results) {
                let place = JobPlace { job_id, attempt: 1, sequence: Sequence(at) };
                let read = ReadOrder { epoch: 1, counter: at as i64 };
                apply(tx, &ItemWrite { source, key, place, read, now_ms: 0, result })?;
            }
            Ok(())
        };
        store.writer().transact(save).await.expect("one transaction");
        store.close().await;
    });
}

fn files(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = folder.join(entry.file_name());
            if entry.file_type().expect("a type").is_dir() {
                folders.push(path);
            } else {
                found.push(path.to_str().expect("UTF-8").to_owned());
            }
        }
    }
    found.sort_unstable();
    found
}
