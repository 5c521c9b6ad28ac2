//! A repository on GitHub, brought into a store: what is asked, what is stored, what is kept.

mod answers;
mod faults;
mod limits;
pub(crate) mod scene;
mod storms;
mod versions;

use driftless::config::Config;
use driftless::engine::{Report, plan};
use driftless::job::JobState;
use driftless::source::github::Address;

use crate::github::{Answer, GitRepository, Host};
use crate::repository::class;
use scene::{Scene, TOKEN, pages, paths};

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_of_974_pages_takes_six_requests_at_most() {
    let scene = Scene::of(pages(974));
    let report = scene.sync().await;
    let counters = report.counters;
    assert_eq!((counters.listed, counters.written), (974, 974));
    let seen = scene.server.requests();
    assert!(seen.len() <= 6, "{:#?}", paths(&seen));
    let traffic = report.traffic.expect("a bill");
    assert_eq!(traffic.requests as usize, seen.len());
    assert!(traffic.bytes > 0 && traffic.limit == Some(5000), "{traffic:?}");
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_what_has_not_changed_is_one_request_and_writes_no_item() {
    let scene = Scene::of(pages(40));
    let first = scene.sync().await;
    let before = scene.rows();
    scene.server.reset_requests();
    let report = scene.sync().await;
    let statuses: Vec<_> = scene.server.requests().iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [Some(304)]);
    assert_eq!(scene.rows(), before);
    let counters = report.counters;
    assert_eq!((counters.listed, counters.unchanged, counters.pending()), (40, 40, 0));
    assert_eq!((report.state, report.source_version), (JobState::Completed, first.source_version));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changed_file_takes_four_requests_at_most() {
    let scene = Scene::of(pages(40));
    scene.sync().await;
    scene.repository.write("pages/P007.md", class("P007", &["P001", "Elsewhere"]));
    scene.repository.commit("an edit");
    scene.server.reset_requests();
    let counters = scene.sync().await.counters;
    assert_eq!((counters.written, counters.unchanged), (1, 39));
    let seen = scene.server.requests();
    assert!(seen.len() <= 4, "{:#?}", paths(&seen));
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn additions_renames_and_deletions_are_applied_exactly() {
    let scene = Scene::of(pages(60));
    scene.sync().await;
    let repository = &scene.repository;
    repository.write("pages/New.md", class("New", &["P003"]));
    repository.remove("pages/P010.md");
    repository.write("pages/Moved.md", class("P010", &["P009"]));
    repository.remove("pages/P020.md");
    repository.commit("changes");
    let counters = scene.sync().await.counters;
    assert_eq!((counters.written, counters.unchanged), (2, 58));
    assert_eq!((counters.candidates, counters.deleted), (2, 2));
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_and_sixty_requests_an_hour_a_first_sync_completes() {
    let scene = Scene::of(pages(400)).anonymous();
    let report = scene.sync().await;
    assert_eq!(report.counters.written, 400);
    let traffic = report.traffic.expect("a bill");
    assert_eq!((traffic.limit, traffic.waited_ms), (Some(60), 0));
    assert!(scene.server.requests().iter().all(|seen| !seen.authorization));
}

/// Every kind of entry that a repository may hold, and names that are easily mistaken.
fn odd() -> GitRepository {
    let repository = GitRepository::empty();
    let names = [
        "100% Renewable.md",
        "Gate #3.md",
        "What is a Weir?.md",
        "a b/c d.md",
        "Écluse.md",
        "Talk%3A Notes.md",
        "back\\slash.md",
        "+plus & more.md",
        "Dam.md",
        "dam.md",
        "deep/er/than/most/Lock.md",
        "a/x.md",
        "a.md",
        "a-b.md",
    ];
    for name in names {
        repository.write(name, class(name.trim_end_matches(".md"), &["Dam"]));
    }
    repository.executable("Runs.md", class("Runs", &[]));
    repository.write("left out/Hidden.md", class("Hidden", &["Dam"]));
    repository.write("altered/Stamped.md", class("Stamped $Format:%H$", &["Dam"]));
    repository.write(".gitattributes", "left*/* export-ignore\naltered/* export-subst\n");
    repository.write("notes.txt", "not a page\n");
    repository.write(".hidden/Old.md", class("Old", &[]));
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    repository.write("Large Picture.md", pointer);
    repository.write("empty.md", "");
    repository.write("latin.md", b"- ### OntologyBlock\n\t- preferred-term:: caf\xe9\n".as_slice());
    repository.write("binary.md", b"- ### OntologyBlock\n\0".as_slice());
    repository.symlink("link.md", "Dam.md");
    repository.submodule("library");
    repository.write(b"caf\xe9.md".as_slice(), class("Not UTF-8", &[]));
    repository.write(b"caf\xe8.md".as_slice(), class("Nor this", &[]));
    repository.commit("odd entries");
    repository
}

#[tokio::test(flavor = "multi_thread")]
async fn archive_blobs_and_a_checkout_of_odd_entries_end_in_one_digest() {
    let by_blobs = Scene::new(odd());
    let report = by_blobs.sync().await;
    let seen = by_blobs.server.requests();
    assert!(seen.iter().all(|seen| seen.host == Host::Api), "{:#?}", paths(&seen));
    let by_archive = Scene::new(odd()).anonymous();
    let other = by_archive.sync().await;
    let seen = by_archive.server.requests();
    assert!(seen.iter().any(|seen| seen.host == Host::Archive), "{:#?}", paths(&seen));
    assert_eq!(report.counters.written, other.counters.written);
    assert_eq!(by_blobs.digest(), by_archive.digest());
    assert_eq!(by_blobs.digest(), by_blobs.digest_of_checkout().await);
    for scene in [&by_blobs, &by_archive] {
        assert_eq!(scene.outcome("left out/Hidden.md"), "written");
        assert_eq!(scene.outcome("altered/Stamped.md"), "written");
        assert_eq!(scene.outcome("link.md"), "symlink");
        assert_eq!(scene.outcome("library"), "submodule");
        assert_eq!(scene.outcome("Large Picture.md"), "lfs_pointer");
        assert_eq!(scene.outcome("binary.md"), "rejected");
        let lossy = "select count(*) from item where skip_reason = 'name_not_utf8'";
        assert_eq!(scene.number(lossy), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_below_the_path_count_and_it_is_no_part_of_their_keys() {
    let mut scene = Scene::of(pages(5));
    scene.repository.write("elsewhere/Other.md", class("Other", &[]));
    scene.repository.commit("elsewhere");
    scene.settings.address = scene.settings.address.below("pages").expect("a path");
    let report = scene.sync().await;
    assert_eq!(report.counters.listed, 5);
    assert_eq!(scene.outcome("P000.md"), "written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_page_is_not_fetched_again_until_it_changes() {
    let scene = Scene::of(pages(5));
    scene.repository.write("binary.md", b"- ### OntologyBlock\n\0".as_slice());
    scene.repository.commit("not a page");
    assert_eq!(scene.sync().await.counters.rejected, 1);
    scene.repository.write("pages/P001.md", class("P001", &["P002"]));
    scene.repository.commit("an edit elsewhere");
    scene.server.reset_requests();
    let counters = scene.sync().await.counters;
    assert_eq!((counters.written, counters.unchanged, counters.rejected), (1, 4, 1));
    let blobs = paths(&scene.server.requests()).iter().filter(|it| it.contains("/blobs/")).count();
    assert_eq!(blobs, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_tree_is_walked_folder_by_folder() {
    let files = (0..300).map(|n| {
        let name = format!("P{n:03}");
        (format!("f{}/g{}/{name}.md", n % 7, n % 3), class(&name, &["P000"]).into_bytes())
    });
    let whole = Scene::of(files.clone());
    whole.sync().await;
    let walked = Scene::of(files);
    walked.server.faults().every().truncate_at_entries(60);
    let report = walked.sync().await;
    assert_eq!((report.counters.listed, report.counters.written), (300, 300));
    assert!(report.gaps.is_empty());
    assert_eq!(walked.digest(), whole.digest());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_is_not_listed_whole_is_told_and_deletes_nothing() {
    let scene = Scene::of(pages(50));
    scene.sync().await;
    scene.repository.remove("pages/P001.md");
    scene.repository.commit("one less");
    // GitHub's last word on a folder that is too large even by itself.
    let cut = r#"{"sha":"","tree":[],"truncated":true}"#;
    scene.server.faults().every().matching("/git/trees/").answer(Answer::new(200, cut));
    let report = scene.sync().await;
    assert_eq!(report.state, JobState::CompletedWithErrors);
    assert_eq!((report.counters.deleted, report.gaps.len()), (0, 1));
    assert_eq!(scene.number("select count(*) from item where outcome = 'written'"), 50);
    scene.server.faults().clear();
    // The commit is the same, but it was not seen whole.
    assert_eq!(scene.sync().await.counters.deleted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_listing_with_a_gap_is_made_again_though_the_commit_is_the_same() {
    let scene = Scene::of(pages(20));
    let cut = r#"{"sha":"","tree":[],"truncated":true}"#;
    scene.server.faults().every().matching("/git/trees/").answer(Answer::new(200, cut));
    assert_eq!(scene.sync().await.counters.listed, 0);
    scene.server.faults().clear();
    let report = scene.sync().await;
    assert_eq!((report.state, report.counters.written), (JobState::Completed, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_server_is_asked_below_its_own_path() {
    let mut scene = Scene::of(pages(120));
    scene.server.prefix("/api/v3");
    scene.settings.api_url = scene.server.api_url();
    assert_eq!(scene.sync().await.counters.written, 120);
    let seen = scene.server.requests();
    assert!(seen.iter().any(|it| it.host == Host::Archive), "{:#?}", paths(&seen));
    let name = scene.settings.name();
    assert!(name.starts_with("github:acme/ontology at http://127.0.0.1:"), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_five_thousand_files_are_listed_whole() {
    let files = (0..25_000).map(|n| (format!("f{}/Page {n:05}.md", n % 50), Vec::new()));
    let scene = Scene::of(files);
    let source = scene.source(Some(TOKEN)).expect("a source");
    let plan = plan(scene.store(), &Config::default(), source, &scene.options).await;
    let plan = plan.expect("a plan");
    assert_eq!((plan.listed, plan.added, plan.gaps.len()), (25_000, 25_000, 0));
    assert_eq!(plan.fetch.expect("a way").way, "one archive, 2 requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_may_lie_beside_the_api_of_an_enterprise_server() {
    let mut scene = Scene::of(pages(120));
    scene.server.prefix("/api/v3");
    scene.settings.api_url = scene.server.api_url();
    let archive = std::process::Command::new("git")
        .arg("--git-dir")
        .arg(scene.repository.path())
        .args(["archive", "--format=tar.gz", "--prefix=acme-ontology/", "HEAD"])
        .output()
        .expect("git");
    let host = scene.settings.api_url.trim_end_matches("/api/v3");
    let moved = Answer::new(302, "").header("location", format!("{host}/_codeload/archive"));
    scene.server.faults().every().matching("/tarball/").answer(moved);
    let archive = Answer::new(200, archive.stdout).header("content-type", "application/x-gzip");
    scene.server.faults().every().matching("/_codeload/").answer(archive);
    assert_eq!(scene.sync().await.counters.written, 120);
    let seen = scene.server.requests();
    assert!(!paths(&seen).iter().any(|path| path.contains("/blobs/")), "{:#?}", paths(&seen));
    let beside = seen.iter().find(|it| it.path_and_query.starts_with("/_codeload/"));
    assert!(!beside.expect("the archive").authorization);
}

#[test]
fn an_address_of_a_repository_is_told_from_a_path() {
    assert!(Address::is_meant_by("github:acme/ontology"));
    assert!(!Address::is_meant_by("pages/github"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_emptied_files_stated_is_withheld_and_they_are_not_fetched_again_until_approved() {
    let mut scene = Scene::of(pages(40));
    scene.sync().await;
    let before = scene.digest();
    for (path, _) in pages(20) {
        scene.repository.write(path, "- moved elsewhere\n");
    }
    scene.repository.commit("emptied");
    let withheld = |report: &Report| {
        let counters = &report.counters;
        assert_eq!((counters.candidates, counters.withheld, counters.deleted), (20, 20, 0));
    };
    withheld(&scene.sync().await);
    scene.server.reset_requests();
    withheld(&scene.sync().await);
    let seen = paths(&scene.server.requests());
    assert!(!seen.iter().any(|path| path.contains("/blobs/")), "{seen:#?}");
    assert_eq!(scene.digest(), before);
    scene.options.approve_deletions = Some(20);
    let report = scene.sync().await;
    assert_eq!((report.counters.deleted, report.state), (20, JobState::Completed));
    assert_eq!(scene.digest(), scene.digest_of_checkout().await);
}
