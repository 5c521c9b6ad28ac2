//! What a path of the API names, looked up in the repository as it is at that moment.

use std::sync::Arc;

use super::answer::{Answer, Body};
use super::archive::Archive;
use super::faults::Plan;
use super::objects::{Object, Objects};
use super::request::Request;
use super::route::{Resource, decoded};
use super::shape::Address;

/// GitHub's limits of a recursive tree.
const TREE_ENTRIES: usize = 100_000;
const TREE_BYTES: usize = 7_000_000;

/// How many files of a commit its first page lists.
const COMMIT_FILES: usize = 300;

/// Digits of the SHA in the name of a tarball's folder.
const SHORT_SHA: usize = 7;

/// One question, with all that its answer depends on.
pub(crate) struct Lookup<'a> {
    pub(crate) objects: &'a Objects,
    pub(crate) address: Address<'a>,
    pub(crate) id: u64,
    pub(crate) is_private: bool,
    /// Where tarballs are: a commit follows, and the query.
    pub(crate) archives: String,
    pub(crate) archive_query: String,
    pub(crate) request: &'a Request,
    pub(crate) plan: &'a Plan,
}

impl Lookup<'_> {
    pub(crate) fn answer(&self, resource: &Resource) -> Answer {
        let (found, missing) = match resource {
            Resource::Repository => return self.repository(),
            Resource::Unknown => return Answer::not_found(),
            Resource::Commit(name) => (self.commit(name), Answer::no_commit(name)),
            Resource::Reference(name) => (self.reference(name), Answer::not_found()),
            Resource::GitCommit(sha) => (self.git_commit(sha), Answer::not_found()),
            Resource::Tree(name) => (self.tree(name), Answer::not_found()),
            Resource::Blob(sha) => (self.blob(sha), Answer::not_found()),
            Resource::Tarball(name) => (self.redirect(name.as_deref()), Answer::not_found()),
        };
        match found {
            Some(answer) => answer,
            None if self.objects.is_empty() => Answer::empty_repository(),
            None => missing,
        }
    }

    fn repository(&self) -> Answer {
        let branch = self.objects.default_branch();
        Answer::json(&self.address.repository(self.id, &branch, self.is_private))
    }

    fn commit(&self, name: &str) -> Option<Answer> {
        let commit = named(self.objects, name)?.1;
        if let Some(media_type) = self.media_type("sha") {
            let etag = format!("\"{}\"", commit.sha);
            return Some(typed(media_type, "sha", commit.sha).header("etag", etag));
        }
        let changes = self.changes(&commit.sha);
        let json = self.address.commit(&commit, &changes).to_string();
        Some(tagged(&commit.sha, json))
    }

    fn reference(&self, name: &str) -> Option<Answer> {
        let target = is_name(name).then(|| self.objects.read(&format!("refs/{name}"))).flatten()?;
        Some(tagged(&target.sha, self.address.reference(name, &target).to_string()))
    }

    fn git_commit(&self, sha: &str) -> Option<Answer> {
        let commit = self.object(sha, "commit")?;
        Some(tagged(sha, self.address.git_commit(&commit).to_string()))
    }

    /// A tree may be asked for by the name of a commit; the answer then bears that commit's
    /// SHA.
    fn tree(&self, name: &str) -> Option<Answer> {
        let asked = match self.object(name, "tree") {
            Some(tree) => tree,
            None => named(self.objects, name)?.1,
        };
        let tree = (asked.kind == "commit").then(|| asked.field("tree")).flatten();
        let is_recursive = self.request.query("recursive").is_some();
        let entries = self.objects.listing(tree.as_ref().unwrap_or(&asked.sha), is_recursive);
        let (limit_entries, limit_bytes) = match self.plan.truncate_at {
            _ if !is_recursive => (usize::MAX, usize::MAX),
            Some(limit_entries) => (limit_entries, usize::MAX),
            None => (TREE_ENTRIES, TREE_BYTES),
        };
        let text = self.address.tree(&asked.sha, &entries, limit_entries, limit_bytes);
        Some(tagged(&asked.sha, text))
    }

    fn blob(&self, sha: &str) -> Option<Answer> {
        let mut blob = self.object(sha, "blob")?;
        if self.plan.is_falsified {
            match blob.content.first_mut() {
                Some(byte) => *byte ^= 1,
                None => blob.content.push(b'!'),
            }
        }
        Some(match self.media_type("raw") {
            Some(media_type) => {
                typed(media_type, "raw", blob.content).header("etag", format!("\"{sha}\""))
            }
            None => tagged(sha, self.address.blob(&blob).to_string()),
        })
    }

    /// Sends the client to the tarball of a branch or tag by its full name, or of a commit.
    fn redirect(&self, name: Option<&str>) -> Option<Answer> {
        let branch = self.objects.default_branch();
        let (reference, _) = named(self.objects, name.unwrap_or(&branch))?;
        let reference: String = reference.split('/').map(encoded).collect::<Vec<_>>().join("/");
        let to = format!("{}/{reference}{}", self.archives, self.archive_query);
        Some(Answer::moved(302, to).header("content-type", "text/html;charset=utf-8"))
    }

    /// An object by its full SHA.
    fn object(&self, sha: &str, kind: &str) -> Option<Object> {
        let is_full = sha.len() == 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
        let object = is_full.then(|| self.objects.read(sha)).flatten()?;
        (object.kind == kind).then_some(object)
    }

    fn media_type(&self, form: &str) -> Option<&str> {
        self.request.media_type(form).filter(|_| !self.plan.ignores_media_type)
    }

    /// Status, blob and path of the first files that a commit changed.
    fn changes(&self, commit: &str) -> Vec<(String, String, String)> {
        let arguments = ["diff-tree", "-r", "--root", "-z", "--no-commit-id", commit];
        let printed = self.objects.git().bytes(&arguments);
        let parts: Vec<_> = printed.split(|&byte| byte == 0).map(String::from_utf8_lossy).collect();
        let change = |pair: &[std::borrow::Cow<'_, str>]| {
            let [line, path] = pair else { return None };
            let mut words = line.split(' ').skip(2);
            let (old, new, letter) = (words.next()?, words.next()?, words.next()?);
            let (status, sha) = match letter {
                "A" => ("added", new),
                "D" => ("removed", old),
                _ => ("modified", new),
            };
            Some((status.to_owned(), sha.to_owned(), path.clone().into_owned()))
        };
        parts.chunks(2).filter_map(change).take(COMMIT_FILES).collect()
    }
}

/// The tarball that a reference names, of a repository whose name goes into the archive.
pub(crate) fn tarball(
    objects: &Objects,
    full_name: &str,
    reference: &str,
    plan: &Plan,
) -> Option<Answer> {
    let sha = named(objects, &decoded(reference))?.1.sha;
    let folder = format!("{}-{}", full_name.replace('/', "-"), &sha[..SHORT_SHA]);
    let attachment = format!("attachment; filename={folder}.tar.gz");
    let etag = format!("W/\"{sha}\"");
    let archive = Archive { git: objects.git().clone(), commit: sha, folder };
    let body = match &plan.falsified_file {
        Some(path) => Body::Chunked(Arc::from(archive.falsified(path))),
        None => Body::Archive(archive),
    };
    let answer = Answer::new(200, "")
        .header("content-type", "application/x-gzip")
        .header("content-disposition", attachment)
        .header("etag", etag);
    Some(Answer { body, ..answer })
}

/// The full name and the commit that a branch, a tag or a SHA, short or full, stands for.
fn named(objects: &Objects, name: &str) -> Option<(String, Object)> {
    let commit = |revision: String| {
        let commit = objects.read(&format!("{revision}^{{commit}}"))?;
        Some((revision, commit))
    };
    if !is_name(name) {
        return None;
    }
    if name == "HEAD" {
        return commit(format!("refs/heads/{}", objects.default_branch()));
    }
    let is_sha = (4..=40).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_hexdigit());
    let short = name.strip_prefix("refs/").unwrap_or(name);
    let places = ["refs/heads/", "refs/tags/", "refs/"];
    let reference = places.iter().find_map(|place| commit(format!("{place}{short}")));
    let by_sha = || is_sha.then(|| objects.read(&format!("{name}^{{commit}}"))).flatten();
    reference.or_else(|| by_sha().map(|commit| (commit.sha.clone(), commit)))
}

/// Whether git could have a branch of that name: all else is the language of revisions.
fn is_name(name: &str) -> bool {
    let is_odd = |byte: u8| byte <= b' ' || b"\x7f~^:?*[\\".contains(&byte);
    !name.is_empty() && !name.bytes().any(is_odd) && !name.contains("..") && !name.contains("@{")
}

fn encoded(part: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |byte| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    part.bytes().map(encode).collect()
}

/// JSON about an object. Its tag is its own: that of the object's other forms is the SHA alone.
fn tagged(sha: &str, json: String) -> Answer {
    let etag = format!("W/\"{sha}{:024x}\"", json.len());
    Answer::new(200, json).header("etag", etag)
}

/// An answer in one of GitHub's own types.
fn typed(media_type: &str, form: &str, body: impl Into<Vec<u8>>) -> Answer {
    Answer::new(200, body)
        .header("content-type", format!("{media_type}; charset=utf-8"))
        .header("x-github-media-type", format!("github.v3; param={form}"))
}
