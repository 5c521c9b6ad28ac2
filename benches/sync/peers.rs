//! The naive way, which the engine is compared with.

use std::fs;
use std::path::{Path, PathBuf};

use driftless::fingerprint::Digest;
use driftless::item::{ItemKey, Sequence, SourceItem};
use driftless::job::{JobId, JobKind};
use driftless::parse::Parser;
use driftless::parse::page::{PageParser, PageSettings};
use driftless::pipeline::item_result;
use driftless::store::{
    Durability, ItemWrite, JobPlace, NewJob, ReadOrder, Store, apply, create, ensure_source,
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
        results.push((item.key.clone(), item_result(&parser, reading, item)));
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
