//! A real git repository in a folder of its own, made by a test commit by commit.
//!
//! It is bare, as GitHub's are: files are put in by `git fast-import`, which takes names and
//! kinds of entries that no work tree could hold. The same steps give the same commits.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::{Arc, Mutex};

use tempfile::TempDir;

use super::git::Git;
use super::objects::Objects;

/// Not `main`: whoever assumes a name fails.
const DEFAULT_BRANCH: &str = "trunk";

/// Unix time of the first commit; each further one is a second later.
const FIRST_COMMIT_S: u64 = 1_700_000_000;

const AUTHOR: &str = "A Writer <writer@example.org>";

/// See the module. A clone is the same repository.
#[derive(Clone, Debug)]
pub(crate) struct GitRepository {
    git: Git,
    staged: Arc<Mutex<Staged>>,
    _folder: Arc<TempDir>,
}

/// What the next commit changes.
#[derive(Debug, Default)]
struct Staged {
    changes: BTreeMap<Vec<u8>, Change>,
    commits: u64,
}

#[derive(Debug)]
enum Change {
    Removed,
    /// Mode and content.
    Blob(&'static str, Vec<u8>),
    /// The commit that a submodule stands at.
    Submodule(String),
}

impl GitRepository {
    /// A repository without a commit.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let git = Git::new(folder.path());
        git.bytes(&["init", "--quiet", "--bare", "--initial-branch", DEFAULT_BRANCH]);
        Self { git, staged: Arc::default(), _folder: Arc::new(folder) }
    }

    /// A repository with one commit of plain files. Quick for 100,000 of them, as long as no
    /// single folder holds more than a few thousand.
    pub(crate) fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let repository = Self::empty();
        for (path, content) in files {
            repository.write(path, content);
        }
        repository.commit("all files");
        repository
    }

    /// The git directory.
    pub(crate) fn path(&self) -> &Path {
        self.git.directory()
    }

    /// Names the default branch, which need not exist yet.
    pub(crate) fn default_to(&self, branch: &str) {
        self.git.bytes(&["symbolic-ref", "HEAD", &format!("refs/heads/{branch}")]);
    }

    /// Puts a file in the next commit. The path is bytes and need not be UTF-8.
    pub(crate) fn write(&self, path: impl Into<Vec<u8>>, content: impl Into<Vec<u8>>) {
        self.stage(path, Change::Blob("100644", content.into()));
    }

    /// Puts a file that may be executed in the next commit.
    pub(crate) fn executable(&self, path: impl Into<Vec<u8>>, content: impl Into<Vec<u8>>) {
        self.stage(path, Change::Blob("100755", content.into()));
    }

    /// Puts a symbolic link in the next commit.
    pub(crate) fn symlink(&self, path: impl Into<Vec<u8>>, target: impl Into<Vec<u8>>) {
        self.stage(path, Change::Blob("120000", target.into()));
    }

    /// Puts a submodule in the next commit, at a commit that this repository does not have.
    pub(crate) fn submodule(&self, path: impl Into<Vec<u8>>) {
        self.stage(path, Change::Submodule("5ca1ab1e".repeat(5)));
    }

    /// Leaves a file or a whole folder out of the next commit.
    pub(crate) fn remove(&self, path: impl Into<Vec<u8>>) {
        self.stage(path, Change::Removed);
    }

    /// Commits what was staged on the default branch; gives the commit's SHA.
    pub(crate) fn commit(&self, message: &str) -> String {
        let head = self.git.line(&["symbolic-ref", "HEAD"]);
        self.import(&head, message)
    }

    /// Commits what was staged on a branch, which begins without parent if it is new.
    pub(crate) fn commit_on(&self, branch: &str, message: &str) -> String {
        self.import(&format!("refs/heads/{branch}"), message)
    }

    /// Makes a branch, or moves it to any commit whatever it held before.
    pub(crate) fn point(&self, branch: &str, commit: &str) {
        self.git.bytes(&["update-ref", &format!("refs/heads/{branch}"), commit]);
    }

    /// Deletes a branch.
    pub(crate) fn delete(&self, branch: &str) {
        self.git.bytes(&["update-ref", "-d", &format!("refs/heads/{branch}")]);
    }

    /// Makes an annotated tag.
    pub(crate) fn tag(&self, name: &str, commit: &str) {
        let identity = ["-c", "user.name=A Writer", "-c", "user.email=writer@example.org"];
        self.git.bytes(&[&identity[..], &["tag", "-a", "-m", name, name, commit]].concat());
    }

    /// Drops every object that no branch or tag reaches any more.
    pub(crate) fn forget(&self) {
        self.git.bytes(&["reflog", "expire", "--expire=now", "--all"]);
        self.git.bytes(&["gc", "--quiet", "--prune=now"]);
    }

    /// Writes the files of a commit below `into`, byte for byte as they are stored: no
    /// attribute leaves out, alters or converts anything. Submodules become empty folders.
    pub(crate) fn checkout(&self, commit: &str, into: &Path) {
        let objects = Objects::new(self.path());
        for entry in objects.listing(&format!("{commit}^{{tree}}"), true).iter() {
            let to = into.join(OsStr::from_bytes(&entry.path));
            let content = || objects.read(&entry.sha).expect("a blob").content;
            match entry.mode.as_str() {
                "040000" | "160000" => fs::create_dir_all(&to).expect("a folder"),
                "120000" => symlink(OsStr::from_bytes(&content()), &to).expect("a link"),
                _ => fs::write(&to, content()).expect("a file"),
            }
            if entry.mode == "100755" {
                fs::set_permissions(&to, PermissionsExt::from_mode(0o755)).expect("its mode");
            }
        }
    }

    fn stage(&self, path: impl Into<Vec<u8>>, change: Change) {
        let mut staged = self.staged.lock().expect("what is staged");
        staged.changes.insert(path.into(), change);
    }

    fn import(&self, reference: &str, message: &str) -> String {
        let mut staged = self.staged.lock().expect("what is staged");
        let at_s = FIRST_COMMIT_S + staged.commits;
        staged.commits += 1;
        let changes = std::mem::take(&mut staged.changes);
        let has_parent = !self.git.line(&["for-each-ref", reference]).is_empty();
        self.git.fed(&["fast-import", "--quiet", "--force", "--date-format=raw"], |input| {
            let mut put = |bytes: &[u8]| input.write_all(bytes).expect("a listening git");
            put(format!("commit {reference}\nmark :1\n").as_bytes());
            put(format!("author {AUTHOR} {at_s} +0000\n").as_bytes());
            put(format!("committer {AUTHOR} {at_s} +0000\n").as_bytes());
            put(format!("data {}\n{message}\n", message.len()).as_bytes());
            if has_parent {
                put(format!("from {reference}^0\n").as_bytes());
            }
            for (path, change) in changes {
                put(&line(&path, &change));
                if let Change::Blob(_, content) = &change {
                    put(format!("data {}\n", content.len()).as_bytes());
                    put(content);
                    put(b"\n");
                }
            }
            put(b"\nget-mark :1\ndone\n");
        })
    }
}

/// A change in the language of `git fast-import`.
fn line(path: &[u8], change: &Change) -> Vec<u8> {
    let mut line = match change {
        Change::Removed => b"D ".to_vec(),
        Change::Blob(mode, _) => format!("M {mode} inline ").into_bytes(),
        Change::Submodule(commit) => format!("M 160000 {commit} ").into_bytes(),
    };
    line.push(b'"');
    for &byte in path {
        // Quoted as C would, so that any byte may stand in a name.
        match byte {
            b'"' | b'\\' => line.extend([b'\\', byte]),
            b' '..=b'~' => line.push(byte),
            _ => write!(line, "\\{byte:03o}").expect("memory"),
        }
    }
    line.extend(b"\"\n");
    line
}
