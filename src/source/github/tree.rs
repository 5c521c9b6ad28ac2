//! The files of a commit, as Git's trees name them: the truth that bytes are held against.
//!
//! Kept in one piece of text and one list, some 110 bytes a file, for a listing is walked
//! twice: once to see how much is missing, once to fetch it.

use std::path::Path;

use serde::Deserialize;

use crate::item::{ItemKey, SkipReason};
use crate::source::files::Counted;
use crate::source::{Gap, Listed, ListedKind};

/// Folders inside folders that are walked; a deeper one is a gap.
const DEEPEST: usize = 256;

/// A name of a blob or a tree, 20 bytes.
pub(super) type Sha1 = [u8; 20];

/// What is wanted of a repository's files.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) counted: Counted,
    /// The folder below which files count, with a `/` behind it; empty for all.
    pub(super) prefix: String,
}

/// The files of a commit that count.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Paths and keys, one behind the other.
    text: String,
    /// In the order of their keys.
    entries: Vec<Entry>,
    gaps: Vec<Gap>,
    /// Files of the whole repository, and their bytes, as far as its trees were walked.
    pub(super) all_files: u64,
    pub(super) all_bytes: u64,
    /// Whether some folders were left out.
    pub(super) is_partial: bool,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// The path in the repository.
    path: (u32, u32),
    /// The key, where it is not the path without its prefix.
    key: Option<(u32, u32)>,
    sha1: Sha1,
    size_bytes: u64,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Symlink,
    Submodule,
    NameNotUtf8,
}

/// A file that is there to be fetched.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// In the repository.
    pub(super) path: String,
    pub(super) sha1: Sha1,
    pub(super) size_bytes: u64,
}

/// Why something is no file to be fetched, and what was seen.
pub(super) type LeftOut = (SkipReason, String);

/// An answer to a question for a tree.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub(super) truncated: bool,
    pub(super) tree: Vec<Told>,
}

/// One entry of it.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    path: String,
    mode: String,
    sha: String,
    #[serde(default)]
    size: u64,
}

/// A folder that must be asked for by itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Folder {
    /// With a `/` behind it.
    pub(super) path: String,
    pub(super) sha: String,
    depth: usize,
}

impl Folder {
    /// The root of the tree named `sha`.
    pub(super) fn root(sha: String) -> Self {
        Self { path: String::new(), sha, depth: 0 }
    }
}

impl Tree {
    /// Adds what an answer tells of a folder; folders of an answer that is not recursive are
    /// given back, as far as something below them may count.
    pub(super) fn add(
        &mut self,
        folder: &Folder,
        answer: Answer,
        is_recursive: bool,
        wanted: &Wanted,
    ) -> Vec<Folder> {
        let mut inside = Vec::new();
        for told in answer.tree {
            let path = format!("{}{}", folder.path, told.path);
            let kind = match told.mode.as_str() {
                "040000" if is_recursive => continue,
                "040000" => {
                    inside.extend(self.folder(path, told.sha, folder.depth + 1, wanted));
                    continue;
                }
                "120000" => Kind::Symlink,
                "160000" => Kind::Submodule,
                _ => Kind::File,
            };
            if kind == Kind::File {
                self.all_files += 1;
                self.all_bytes += told.size;
            }
            self.push(&path, &told.sha, told.size, kind, wanted);
        }
        inside
    }

    /// A folder as one to ask for, if something in it may count.
    fn folder(
        &mut self,
        path: String,
        sha: String,
        depth: usize,
        wanted: &Wanted,
    ) -> Option<Folder> {
        let path = path + "/";
        let is_on_the_way = wanted.prefix.starts_with(&path);
        let below = path.strip_prefix(&wanted.prefix);
        let may_count = below.is_some_and(|below| {
            !wanted.counted.excludes_folder(Path::new(below.trim_end_matches('/')))
        });
        if !is_on_the_way && !may_count {
            self.is_partial = true;
            return None;
        }
        if depth > DEEPEST {
            self.gap(path, format!("folders are more than {DEEPEST} deep"));
            return None;
        }
        Some(Folder { path, sha, depth })
    }

    /// Notes a place that could not be listed.
    pub(super) fn gap(&mut self, place: String, reason: String) {
        self.gaps.push(Gap { place, reason });
    }

    fn push(&mut self, path: &str, sha: &str, size_bytes: u64, kind: Kind, wanted: &Wanted) {
        let Some(below) = path.strip_prefix(&wanted.prefix) else { return };
        let is_wanted = match kind {
            // What lies in it is not listed, so whatever its name it is told.
            Kind::Submodule => !wanted.counted.excludes_folder(Path::new(below)),
            _ => wanted.counted.counts(Path::new(below)),
        };
        if !is_wanted {
            return;
        }
        let Some(sha1) = parsed(sha) else {
            return self.gap(path.to_owned(), format!("{sha} is no name of a blob"));
        };
        // GitHub gives U+FFFD for what is not UTF-8: the name itself cannot be had.
        let is_lossy = below.contains(char::REPLACEMENT_CHARACTER);
        let kind = if is_lossy { Kind::NameNotUtf8 } else { kind };
        let Some(path) = self.keep(path) else {
            return self.gap(path.to_owned(), "its names take more than 4 GiB".to_owned());
        };
        let key = (is_lossy || below.contains('\\'))
            .then(|| self.keep(&escaped(below, is_lossy.then_some(sha))))
            .flatten();
        self.entries.push(Entry { path, key, sha1, size_bytes, kind });
    }

    fn keep(&mut self, text: &str) -> Option<(u32, u32)> {
        let start = u32::try_from(self.text.len()).ok()?;
        let end = u32::try_from(self.text.len() + text.len()).ok()?;
        self.text.push_str(text);
        Some((start, end))
    }

    /// Sorts what was added; to be called once, when all is.
    pub(super) fn sort(&mut self, wanted: &Wanted) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_unstable_by(|a, b| self.key(a, wanted).cmp(self.key(b, wanted)));
        // Two names that cannot be told apart, of one content: one entry says all there is.
        entries.dedup_by(|a, b| self.key(a, wanted) == self.key(b, wanted));
        entries.shrink_to_fit();
        self.text.shrink_to_fit();
        self.entries = entries;
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    fn slice(&self, (start, end): (u32, u32)) -> &str {
        &self.text[start as usize..end as usize]
    }

    fn key<'a>(&'a self, entry: &Entry, wanted: &Wanted) -> &'a str {
        match entry.key {
            Some(key) => self.slice(key),
            None => &self.slice(entry.path)[wanted.prefix.len()..],
        }
    }

    /// What a listing says of the entry at `at`, in the order of keys.
    pub(super) fn listed(&self, at: usize, wanted: &Wanted) -> Listed {
        let entry = &self.entries[at];
        let skipped = |reason, detail: &str| {
            let detail = detail.to_owned();
            ListedKind::Skipped { reason, detail }
        };
        let counted = &wanted.counted;
        let kind = match entry.kind {
            Kind::Symlink => skipped(SkipReason::Symlink, "a link; links are not followed"),
            Kind::Submodule => skipped(
                SkipReason::Submodule,
                "another repository; it would be a source of its own",
            ),
            Kind::NameNotUtf8 => skipped(SkipReason::NameNotUtf8, "rename it to be read"),
            Kind::File if entry.size_bytes > counted.largest_item_bytes => {
                skipped(SkipReason::TooLarge, &counted.too_large())
            }
            Kind::File => {
                let git_sha1 = Some(hex(&entry.sha1));
                ListedKind::Item { size_bytes: entry.size_bytes, git_sha1 }
            }
        };
        Listed { key: ItemKey::new(self.key(entry, wanted)), kind }
    }

    /// The file of this key, if it is one that can be fetched; else why it is left out.
    pub(super) fn file(&self, key: &ItemKey, wanted: &Wanted) -> Result<File, LeftOut> {
        let absent = "the commit has no such file".to_owned();
        let at = self.find(key, wanted).ok_or((SkipReason::Vanished, absent))?;
        match self.listed(at, wanted).kind {
            ListedKind::Skipped { reason, detail } => Err((reason, detail)),
            ListedKind::Item { .. } | ListedKind::Delivered { .. } => {
                let size_bytes = self.entries[at].size_bytes;
                let Entry { path, sha1, .. } = self.entries[at];
                Ok(File { path: self.slice(path).to_owned(), sha1, size_bytes })
            }
        }
    }

    /// Whether there is anything of this key.
    pub(super) fn has(&self, key: &ItemKey, wanted: &Wanted) -> bool {
        self.find(key, wanted).is_some()
    }

    fn find(&self, key: &ItemKey, wanted: &Wanted) -> Option<usize> {
        self.entries.binary_search_by(|entry| self.key(entry, wanted).cmp(key.as_str())).ok()
    }
}

/// A path as a key: a backslash doubled, and for a name that came damaged `\?` in place of
/// each damage and the blob's name behind it, so that two such names have two keys.
fn escaped(below: &str, damaged_of: Option<&str>) -> String {
    let doubled = below.replace('\\', "\\\\");
    match damaged_of {
        Some(sha) => {
            format!("{}\\#{sha}", doubled.replace(char::REPLACEMENT_CHARACTER, "\\?"))
        }
        None => doubled,
    }
}

/// The 20 bytes that 40 hex digits stand for.
fn parsed(hex: &str) -> Option<Sha1> {
    let digits = hex.as_bytes();
    if digits.len() != 40 {
        return None;
    }
    let mut sha1 = [0; 20];
    for (byte, pair) in sha1.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(sha1)
}

/// 20 bytes as 40 hex digits.
pub(super) fn hex(sha1: &Sha1) -> String {
    use std::fmt::Write;

    sha1.iter().fold(String::with_capacity(40), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "ce013625030ba8dba906f756967f9e9ca394464a";

    fn told(path: &str, mode: &str) -> Told {
        Told { path: path.to_owned(), mode: mode.to_owned(), sha: SHA.to_owned(), size: 6 }
    }

    fn wanted(prefix: &str) -> Wanted {
        let globs = |globs: &[&str]| globs.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let (include, exclude) = (globs(&["**/*.md"]), globs(&crate::source::EXCLUDE));
        let counted = Counted::new(&include, &exclude, 100).expect("globs");
        Wanted { counted, prefix: prefix.to_owned() }
    }

    fn tree(entries: Vec<Told>, wanted: &Wanted) -> Tree {
        let mut tree = Tree::default();
        let answer = Answer { truncated: false, tree: entries };
        tree.add(&Folder::root(SHA.to_owned()), answer, true, wanted);
        tree.sort(wanted);
        tree
    }

    fn keys(tree: &Tree, wanted: &Wanted) -> Vec<String> {
        (0..tree.len()).map(|at| tree.listed(at, wanted).key.to_string()).collect()
    }

    #[test]
    fn files_are_listed_in_the_order_of_their_bytes_without_the_folder_they_are_below() {
        let wanted = wanted("pages/");
        let entries = ["pages/b.md", "pages/a/x.md", "pages/a.md", "other/a.md", "pages/n.txt"];
        let tree = tree(entries.map(|path| told(path, "100644")).into(), &wanted);
        assert_eq!(keys(&tree, &wanted), ["a.md", "a/x.md", "b.md"]);
        assert_eq!(
            tree.file(&ItemKey::new("a/x.md"), &wanted).expect("a file").path,
            "pages/a/x.md"
        );
        assert_eq!((tree.all_files, tree.all_bytes), (5, 30));
    }

    #[test]
    fn what_is_no_file_is_listed_with_its_reason() {
        let wanted = wanted("");
        let entries = vec![
            told("link.md", "120000"),
            told("library", "160000"),
            told("caf\u{fffd}.md", "100644"),
            told("x.md", "100755"),
        ];
        let tree = tree(entries, &wanted);
        let reasons: Vec<_> = (0..tree.len())
            .filter_map(|at| match tree.listed(at, &wanted).kind {
                ListedKind::Skipped { reason, .. } => Some(reason),
                ListedKind::Item { .. } | ListedKind::Delivered { .. } => None,
            })
            .collect();
        let all = [SkipReason::NameNotUtf8, SkipReason::Submodule, SkipReason::Symlink];
        assert_eq!(reasons, all);
        let reason = |key: &str| tree.file(&ItemKey::new(key), &wanted).expect_err(key).0;
        assert_eq!(reason("link.md"), SkipReason::Symlink);
        assert_eq!(reason("library"), SkipReason::Submodule);
        assert_eq!(reason("nowhere.md"), SkipReason::Vanished);
        assert!(tree.file(&ItemKey::new("x.md"), &wanted).is_ok());
    }

    #[test]
    fn two_damaged_names_have_two_keys() {
        let wanted = wanted("");
        let mut other = told("caf\u{fffd}.md", "100644");
        other.sha = SHA.replace('c', "d");
        let tree = tree(vec![told("caf\u{fffd}.md", "100644"), other], &wanted);
        assert_eq!(tree.len(), 2);
    }

    #[test]
    fn a_backslash_in_a_name_is_doubled_as_in_a_directory() {
        let wanted = wanted("");
        let tree = tree(vec![told("a\\b.md", "100644")], &wanted);
        assert_eq!(keys(&tree, &wanted), ["a\\\\b.md"]);
        assert_eq!(tree.file(&ItemKey::new("a\\\\b.md"), &wanted).expect("it").path, "a\\b.md");
    }

    #[test]
    fn only_folders_in_which_something_may_count_are_asked_for() {
        let wanted = wanted("docs/pages/");
        let mut tree = Tree::default();
        let folders = ["docs", "src", ".git"].map(|path| told(path, "040000"));
        let answer = Answer { truncated: false, tree: folders.into() };
        let root = Folder::root(SHA.to_owned());
        let inside = tree.add(&root, answer, false, &wanted);
        assert_eq!(inside.iter().map(|it| &*it.path).collect::<Vec<_>>(), ["docs/"]);
        let folders = ["pages", "drafts"].map(|path| told(path, "040000"));
        let answer = Answer { truncated: false, tree: folders.into() };
        let inside = tree.add(&inside[0], answer, false, &wanted);
        assert_eq!(inside.iter().map(|it| &*it.path).collect::<Vec<_>>(), ["docs/pages/"]);
    }
}
