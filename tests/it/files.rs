//! What a directory may hold besides pages: each thing is left out by its name, and no page
//! suffers for it.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use driftless::job::JobState;

use crate::repository::{Repository, class};

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_utf_8_is_left_out_and_forgotten_when_it_is_gone() {
    let repository = Repository::of(10);
    let path = repository.root().join(OsStr::from_bytes(b"caf\xe9.md"));
    fs::write(&path, class("Cafe", &[])).expect("a file");
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.counters.skipped), (10, 1));
    assert_eq!(repository.outcome("caf\\xe9.md"), "name_not_utf8");
    assert_eq!(report.state, JobState::Completed);
    fs::remove_file(path).expect("removed");
    assert_eq!(repository.sync().await.counters.deleted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_not_followed_wherever_they_lead() {
    let repository = Repository::of(10);
    let outside = tempfile::tempdir().expect("a folder");
    fs::write(outside.path().join("Secret.md"), class("Secret", &[])).expect("a page");
    let link = |target: &std::path::Path, name: &str| {
        symlink(target, repository.root().join(name)).expect("a link");
    };
    link(&outside.path().join("Secret.md"), "out.md");
    link(outside.path(), "outside");
    link(&repository.root().join("P001.md"), "in.md");
    link(&repository.root(), "loop");
    link(std::path::Path::new("nowhere"), "dangling.md");
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.counters.skipped), (10, 5));
    for (key, reason) in [
        ("out.md", "symlink_outside"),
        ("outside", "symlink_outside"),
        ("in.md", "symlink"),
        ("loop", "symlink"),
        ("dangling.md", "symlink"),
    ] {
        assert_eq!(repository.outcome(key), reason, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_becomes_a_link_is_taken_back_and_read_again_when_it_is_a_page() {
    let repository = Repository::of(10);
    repository.sync().await;
    let before = repository.digest();
    let (page, kept) = (repository.root().join("P004.md"), repository.root().join("kept.txt"));
    fs::rename(&page, &kept).expect("moved");
    symlink(&kept, &page).expect("a link");
    repository.sync().await;
    assert_eq!(repository.outcome("P004.md"), "symlink");
    assert_ne!(repository.digest(), before);
    fs::remove_file(&page).expect("removed");
    fs::rename(&kept, &page).expect("moved back");
    repository.sync().await;
    assert_eq!(repository.digest(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_is_left_out_and_nobody_waits_for_it() {
    let repository = Repository::of(10);
    let made = Command::new("mkfifo").arg(repository.root().join("pipe.md")).status();
    assert!(made.expect("mkfifo").success());
    let report = repository.sync().await;
    assert_eq!((report.counters.written, report.counters.skipped), (10, 1));
    assert_eq!(repository.outcome("pipe.md"), "not_a_file");
}

/// A file whose path is longer than the system takes: nobody can read it, not even root. It
/// is made from inside its folder, where its name alone is short enough.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_read_is_named_and_the_others_are_saved() {
    const LONGEST_PATH: usize = 4096;
    let repository = Repository::of(10);
    let (part, name) = ("d".repeat(200), "x".repeat(230) + ".md");
    let room = LONGEST_PATH - repository.root().as_os_str().len() - 2;
    let folders = room / (part.len() + 1);
    let script = format!(
        "for n in $(seq {folders}); do mkdir {part} && cd {part} || exit 1; done; echo > {name}"
    );
    let made = Command::new("sh").arg("-c").arg(script).current_dir(repository.root()).status();
    assert!(made.expect("a shell").success());
    let report = repository.sync().await;
    let key = format!("{}{name}", format!("{part}/").repeat(folders));
    assert_eq!((report.counters.written, report.counters.skipped), (10, 1), "{:?}", report.gaps);
    assert_eq!(repository.outcome(&key), "unreadable");
    assert_eq!(report.state, JobState::CompletedWithErrors);
    assert_eq!(report.attention[0].code, "unreadable_items");
}
