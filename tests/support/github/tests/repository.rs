//! Repositories hold what a test puts in, and give it back as it was.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use super::super::GitRepository;
use super::super::objects::Objects;

fn paths(repository: &GitRepository, commit: &str) -> Vec<Vec<u8>> {
    let tree = format!("{commit}^{{tree}}");
    let entries = Objects::new(repository.path()).listing(&tree, true);
    entries.iter().map(|entry| entry.path.clone()).collect()
}

#[test]
fn the_same_steps_give_the_same_commits() {
    let made = || {
        let repository = GitRepository::empty();
        repository.write("a.md", "one");
        let first = repository.commit("first");
        repository.write("a.md", "two");
        (first, repository.commit("second"))
    };
    assert_eq!(made(), made());
}

#[test]
fn a_checkout_is_what_was_written_whatever_the_attributes_say() {
    let repository = GitRepository::empty();
    repository.write(".gitattributes", "*.txt text eol=crlf\nsecret.md export-ignore\n");
    repository.write("lines.txt", "one\ntwo\n");
    repository.write("secret.md", "kept");
    repository.write(b"caf\xe9 \"x\".md", b"\0\xff");
    repository.executable("bin/run", "#!/bin/sh\n");
    repository.symlink("bin/link", "../lines.txt");
    repository.submodule("vendor/other");
    let commit = repository.commit("all kinds");

    let folder = tempfile::tempdir().expect("a folder");
    repository.checkout(&commit, folder.path());
    let at = |path: &[u8]| folder.path().join(OsStr::from_bytes(path));
    assert_eq!(fs::read(at(b"lines.txt")).expect("a file"), b"one\ntwo\n");
    assert_eq!(fs::read(at(b"secret.md")).expect("a file"), b"kept");
    assert_eq!(fs::read(at(b"caf\xe9 \"x\".md")).expect("a file"), b"\0\xff");
    assert_eq!(fs::read_link(at(b"bin/link")).expect("a link"), OsStr::new("../lines.txt"));
    let mode = fs::metadata(at(b"bin/run")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
    assert!(fs::read_dir(at(b"vendor/other")).expect("a folder").next().is_none());
}

#[test]
fn a_removed_folder_is_gone_from_the_next_commit_only() {
    let repository = GitRepository::empty();
    repository.write("a/one.md", "1");
    repository.write("b.md", "2");
    let first = repository.commit("first");
    repository.remove("a");
    let second = repository.commit("second");
    assert_eq!(paths(&repository, &first), [&b"a"[..], b"a/one.md", b"b.md"]);
    assert_eq!(paths(&repository, &second), [b"b.md"]);
}

#[test]
fn a_commit_forced_away_cannot_be_read_even_by_who_read_it_before() {
    let repository = GitRepository::empty();
    // Enough objects for git to make a pack of them, which a reader then keeps open.
    for file in 0..200 {
        repository.write(format!("{file}.md"), format!("old {file}"));
    }
    let old = repository.commit("old");
    let objects = Objects::new(repository.path());
    assert!(objects.read(&old).is_some());

    repository.write("new.md", "new");
    let new = repository.commit_on("other", "new");
    repository.default_to("other");
    repository.delete("trunk");
    repository.forget();
    assert!(objects.read(&old).is_none());
    assert_eq!(objects.read(&new).expect("a commit").kind, "commit");
}
