//! Items that are still there and state nothing any more: what they stated goes only past the
//! deletion guard, as if they were gone.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use driftless::config::{Config, SyncOptions};
use driftless::engine::{Report, plan};
use driftless::fingerprint::Reading;
use driftless::item::{ItemKey, SourceItem};
use driftless::job::JobState;
use driftless::parse::file::FileParser;
use driftless::parse::page::PageSettings;
use driftless::parse::{Parsed, Parser};

use crate::repository::{Manner, Repository, class};

const NOTHING: &str = "- moved elsewhere\n";
const LFS: &str = "version https://git-lfs.github.com/spec/v1\n\
    oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

fn turtle(n: usize) -> String {
    format!("<http://example.org/q#C{n}> a <http://www.w3.org/2002/07/owl#Class> .\n")
}

fn approving(deletions: u64) -> Manner {
    let options = SyncOptions { approve_deletions: Some(deletions), ..SyncOptions::default() };
    Manner { options, ..Manner::default() }
}

fn deletions(report: &Report) -> [u64; 4] {
    let counters = &report.counters;
    [counters.candidates, counters.deleted, counters.withheld, counters.found_again]
}

fn empty(repository: &Repository, pages: std::ops::Range<usize>) {
    pages.for_each(|n| repository.write(&format!("P{n:03}.md"), NOTHING));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_emptied_pages_stated_is_withheld_until_so_many_are_approved() {
    let repository = Repository::of(100);
    repository.sync().await;
    let before = repository.digest();
    empty(&repository, 0..30);
    // Withheld again each time, whether or not a page was decided anew.
    for unwilling in [Manner::default(), Manner::default(), approving(29)] {
        let report = repository.try_sync(&unwilling).await.expect("a report");
        assert_eq!(deletions(&report), [30, 0, 30, 0]);
        assert_eq!((report.counters.skipped, report.counters.unchanged), (30, 70));
        assert_eq!(report.attention[0].code, "deletions_withheld");
        assert_eq!(report.withheld.len(), 30);
        assert_eq!(repository.outcome("P007.md"), "no_markers");
        assert_eq!(repository.digest(), before);
    }
    let report = repository.try_sync(&approving(30)).await.expect("a report");
    assert_eq!((deletions(&report), report.state), ([30, 30, 0, 0], JobState::Completed));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
    assert_eq!(deletions(&repository.sync().await), [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_few_emptied_pages_stated_goes_with_the_same_sync() {
    let repository = Repository::of(100);
    repository.sync().await;
    empty(&repository, 0..5);
    let report = repository.sync().await;
    assert_eq!((deletions(&report), report.state), ([5, 5, 0, 0], JobState::Completed));
    assert_eq!(repository.outcome("P003.md"), "no_markers");
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_gone_and_pages_that_are_emptied_add_up_before_the_guard() {
    let repository = Repository::of(100);
    repository.sync().await;
    empty(&repository, 0..6);
    (6..12).for_each(|n| repository.remove(&format!("P{n:03}.md")));
    assert_eq!(deletions(&repository.sync().await), [12, 0, 12, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_state_nothing_do_not_make_deletions_look_few() {
    let repository = Repository::of(20);
    (0..300).for_each(|n| repository.write(&format!("Note {n}.md"), NOTHING));
    repository.sync().await;
    empty(&repository, 0..20);
    assert_eq!(deletions(&repository.sync().await), [20, 0, 20, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_page_whose_text_comes_back_is_what_it_was() {
    let repository = Repository::of(40);
    repository.sync().await;
    let before = repository.digest();
    let texts: Vec<_> = (0..20)
        .map(|n| fs::read(repository.root().join(format!("P{n:03}.md"))).expect("a page"))
        .collect();
    empty(&repository, 0..20);
    assert_eq!(deletions(&repository.sync().await), [20, 0, 20, 0]);
    for (n, text) in texts.iter().enumerate() {
        repository.write(&format!("P{n:03}.md"), text);
    }
    let report = repository.sync().await;
    assert_eq!((deletions(&report), report.state), ([0; 4], JobState::Completed));
    assert_eq!((repository.outcome("P003.md"), repository.digest()), ("written".into(), before));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_the_source_withholds_what_it_finds_emptied() {
    let repository = Repository::of(40);
    repository.sync().await;
    let before = repository.digest();
    empty(&repository, 3..4);
    let options = SyncOptions { keys: [ItemKey::new("P003.md")].into(), ..SyncOptions::default() };
    let part = Manner { options, ..Manner::default() };
    let report = repository.try_sync(&part).await.expect("a report");
    assert_eq!((deletions(&report), report.state), ([1, 0, 1, 0], JobState::CompletedWithErrors));
    assert_eq!(repository.digest(), before);
    assert_eq!(deletions(&repository.sync().await), [1, 1, 0, 0]);
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_counts_what_emptied_pages_stated_as_deletions() {
    let repository = Repository::of(40);
    repository.sync().await;
    empty(&repository, 0..20);
    for _ in 0..2 {
        let options = SyncOptions::default();
        let config = Config::default();
        let plan = plan(repository.store(), &config, repository.directory(), &options);
        let plan = plan.await.expect("a plan");
        assert_eq!((plan.deleted, plan.deletions_withheld, plan.skipped), (20, true, 20));
        repository.sync().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_grow_too_large_or_become_links_are_withheld_too() {
    let repository = Repository::of(40);
    repository.sync().await;
    let before = repository.digest();
    let large = vec![b'x'; 9 * 1024 * 1024];
    (0..10).for_each(|n| repository.write(&format!("P{n:03}.md"), &large));
    #[cfg(unix)]
    for n in 10..20 {
        let page = repository.root().join(format!("P{n:03}.md"));
        fs::remove_file(&page).expect("removed");
        std::os::unix::fs::symlink("P030.md", page).expect("a link");
    }
    #[cfg(not(unix))]
    empty(&repository, 10..20);
    for _ in 0..2 {
        assert_eq!(deletions(&repository.sync().await), [20, 0, 20, 0]);
        assert_eq!(repository.digest(), before);
    }
    let report = repository.try_sync(&approving(20)).await.expect("a report");
    // What is too large is told by every sync: it may be meant.
    let state = JobState::CompletedWithErrors;
    assert_eq!((deletions(&report), report.state), ([20, 20, 0, 0], state));
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

#[cfg(feature = "owl")]
#[tokio::test(flavor = "multi_thread")]
async fn documents_that_become_pointers_pages_of_a_server_or_empty_keep_what_they_stated() {
    let html = "<!DOCTYPE html><html><body>404</body></html>";
    for (content, code) in [(LFS, "lfs_pointer"), (html, "rejected"), ("", "rejected")] {
        let repository = Repository::empty();
        (0..20).for_each(|n| repository.write(&format!("{n}.ttl"), turtle(n)));
        repository.sync().await;
        let before = repository.digest();
        (0..20).for_each(|n| repository.write(&format!("{n}.ttl"), content));
        for _ in 0..2 {
            let report = repository.sync().await;
            assert_eq!(report.state, JobState::CompletedWithErrors, "{content}");
            assert_eq!((deletions(&report), repository.outcome("3.ttl")), ([0; 4], code.into()));
            assert_eq!(repository.digest(), before);
        }
        (0..20).for_each(|n| repository.write(&format!("{n}.ttl"), turtle(n)));
        assert_eq!(repository.sync().await.state, JobState::Completed);
        assert_eq!(repository.digest(), before);
    }
}

#[cfg(feature = "owl")]
#[tokio::test(flavor = "multi_thread")]
async fn documents_that_state_nothing_are_withheld_and_unreadable_ones_are_rejected() {
    let prefix = "@prefix : <http://example.org/q#> .\n";
    for (content, withheld, code) in [
        ("# moved elsewhere\n", 20, "no_markers"),
        (prefix, 20, "no_markers"),
        ("SubClassOf(<a:b>", 0, "rejected"),
    ] {
        let repository = Repository::empty();
        (0..20).for_each(|n| repository.write(&format!("{n}.ttl"), turtle(n)));
        repository.sync().await;
        let before = repository.digest();
        (0..20).for_each(|n| repository.write(&format!("{n}.ttl"), content));
        let report = repository.sync().await;
        assert_eq!(deletions(&report), [withheld, 0, withheld, 0], "{content}");
        assert_eq!((repository.outcome("3.ttl"), repository.digest()), (code.into(), before));
    }
}

#[cfg(feature = "owl")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_the_name_of_a_document_is_never_left_out_for_want_of_markers() {
    let repository = Repository::empty();
    for extension in ["owl", "ofn", "rdf", "owx", "ttl", "nt", "omn", "obo"] {
        repository.write(&format!("a.{extension}"), "Lorem ipsum dolor sit amet.\n");
    }
    let report = repository.sync().await;
    assert_eq!((report.counters.rejected, report.counters.skipped), (8, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_becomes_a_folder_is_deleted() {
    let repository = Repository::of(20);
    repository.sync().await;
    repository.remove("P007.md");
    repository.write("P007.md/README.md", class("P007", &["P006"]));
    let report = repository.sync().await;
    assert_eq!(deletions(&report), [1, 1, 0, 0]);
    assert_eq!(repository.outcome("P007.md"), "deleted");
    assert_eq!(repository.digest(), repository.rebuilt(&Config::default()).await);
}

/// Reads files, and puts back the text of one that it has found to state nothing.
struct Restoring {
    files: FileParser,
    path: PathBuf,
    text: Vec<u8>,
}

impl Parser for Restoring {
    fn reading(&self) -> Reading {
        self.files.reading()
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        let parsed = self.files.parse(item);
        if matches!(parsed, Parsed::Skipped { .. }) {
            fs::write(&self.path, &self.text).expect("restored");
        }
        parsed
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emptied_page_that_is_restored_before_the_last_look_keeps_its_statements() {
    let repository = Repository::of(40);
    repository.sync().await;
    let before = repository.digest();
    let path = repository.root().join("P003.md");
    let text = fs::read(&path).expect("a page");
    empty(&repository, 3..4);
    let files = FileParser::new(PageSettings::default());
    let parser: Arc<dyn Parser> = Arc::new(Restoring { files, path, text });
    let manner = Manner { parser: Some(parser), ..Manner::default() };
    let report = repository.try_sync(&manner).await.expect("a report");
    assert_eq!(deletions(&report), [1, 0, 0, 1]);
    assert_eq!(repository.sync().await.state, JobState::Completed);
    assert_eq!(repository.digest(), before);
}
