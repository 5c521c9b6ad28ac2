//! What is read from a repository: objects and listings, quickly and as it stands now.
//!
//! One `git cat-file` lives as long as the repository's packs do; nothing here knows HTTP.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::git::Git;

/// See the module.
#[derive(Debug)]
pub(crate) struct Objects {
    git: Git,
    reading: Mutex<Reading>,
}

/// A commit, tree, blob or tag.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) sha: String,
    /// `commit`, `tree`, `blob` or `tag`.
    pub(crate) kind: String,
    pub(crate) content: Vec<u8>,
}

/// One line of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// From the tree that was listed.
    pub(crate) path: Vec<u8>,
    /// Six digits: `100644`, `100755`, `120000`, `040000` or `160000`.
    pub(crate) mode: String,
    /// `blob`, `tree`, or `commit` for a submodule.
    pub(crate) kind: String,
    pub(crate) sha: String,
    /// Of blobs only.
    pub(crate) size_bytes: Option<u64>,
}

#[derive(Debug, Default)]
struct Reading {
    batch: Option<Batch>,
    listings: HashMap<(String, bool), Arc<Vec<Entry>>>,
    packs_at: Option<SystemTime>,
}

/// A `git cat-file` that answers one name after the other.
#[derive(Debug)]
struct Batch {
    child: Child,
    names: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    pub(crate) fn new(directory: &Path) -> Self {
        Self { git: Git::new(directory), reading: Mutex::default() }
    }

    pub(crate) fn git(&self) -> &Git {
        &self.git
    }

    /// The object that a revision names, which must be free of line breaks; `None` if there is
    /// none or more than one.
    pub(crate) fn read(&self, revision: &str) -> Option<Object> {
        let mut reading = self.reading.lock().expect("the reading");
        self.renew(&mut reading);
        reading.batch.get_or_insert_with(|| Batch::of(&self.git)).ask(revision)
    }

    /// The entries of a tree that exists, in git's order; with those of all trees below it
    /// after each if `recursive`.
    pub(crate) fn listing(&self, tree: &str, recursive: bool) -> Arc<Vec<Entry>> {
        let mut reading = self.reading.lock().expect("the reading");
        self.renew(&mut reading);
        let read = || {
            let depth: &[&str] = if recursive { &["-r", "-t"] } else { &[] };
            let printed = self.git.bytes(&[&["ls-tree", "-l", "-z"], depth, &[tree]].concat());
            Arc::new(printed.split(|&byte| byte == 0).filter_map(entry).collect())
        };
        reading.listings.entry((tree.to_owned(), recursive)).or_insert_with(read).clone()
    }

    /// The branch that `HEAD` names.
    pub(crate) fn default_branch(&self) -> String {
        let head = std::fs::read_to_string(self.git.directory().join("HEAD")).expect("a HEAD");
        head.trim_end().strip_prefix("ref: refs/heads/").expect("a branch").to_owned()
    }

    /// Whether there is neither a branch nor a tag.
    pub(crate) fn is_empty(&self) -> bool {
        self.git.bytes(&["for-each-ref", "--count=1"]).is_empty()
    }

    /// Forgets everything if packs came or went: a `git cat-file` keeps those open that it has
    /// read, and would show objects that are gone.
    fn renew(&self, reading: &mut Reading) {
        let packs = self.git.directory().join("objects/pack");
        let packs_at = packs.metadata().and_then(|folder| folder.modified()).ok();
        if packs_at != reading.packs_at {
            *reading = Reading { packs_at, ..Reading::default() };
        }
    }
}

impl Object {
    /// The value of the first header line of that name, in a commit or a tag.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.fields(name).into_iter().next()
    }

    /// The values of all header lines of that name.
    pub(crate) fn fields(&self, name: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.content);
        let head = text.split("\n\n").next().unwrap_or_default();
        let value = |line: &str| Some(line.strip_prefix(name)?.strip_prefix(' ')?.to_owned());
        head.lines().filter_map(value).collect()
    }

    /// What follows the header lines of a commit.
    pub(crate) fn message(&self) -> String {
        let text = String::from_utf8_lossy(&self.content);
        text.split_once("\n\n").map(|(_, message)| message.to_owned()).unwrap_or_default()
    }
}

impl Batch {
    fn of(git: &Git) -> Self {
        let mut command = git.command(&["cat-file", "--batch"]);
        let mut child =
            command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program git");
        let names = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, names, answers }
    }

    fn ask(&mut self, name: &str) -> Option<Object> {
        assert!(!name.contains('\n'), "a name of one line, not {name:?}");
        let names = self.names.as_mut().expect("its input");
        names.write_all(format!("{name}\n").as_bytes()).expect("a listening git");
        let mut head = String::new();
        self.answers.read_line(&mut head).expect("its answer");
        // Either `<sha> <kind> <size>`, or the name and why there is nothing.
        let mut words = head.trim_end().rsplit(' ');
        let size_bytes: usize = words.next()?.parse().ok()?;
        let (kind, sha) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut content = vec![0; size_bytes + 1];
        self.answers.read_exact(&mut content).expect("its content");
        content.truncate(size_bytes);
        Some(Object { sha, kind, content })
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // The end of its input ends it; waiting leaves no zombie behind.
        self.names = None;
        let _ = self.child.wait();
    }
}

/// Reads `<mode> <kind> <sha> <size>\t<path>`.
fn entry(line: &[u8]) -> Option<Entry> {
    let tab = line.iter().position(|&byte| byte == b'\t')?;
    let head = String::from_utf8_lossy(&line[..tab]);
    let mut words = head.split_whitespace().map(str::to_owned);
    let (mode, kind, sha) = (words.next()?, words.next()?, words.next()?);
    let size_bytes = words.next()?.parse().ok();
    Some(Entry { path: line[tab + 1..].to_vec(), mode, kind, sha, size_bytes })
}
