//! The JSON that GitHub makes of what git holds.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::clock::json_date;
use super::objects::{Entry, Object};

/// Characters of a line of base64.
const LINE_CHARACTERS: usize = 60;

/// Where a repository is found: `http://host/repos/owner/name`.
#[derive(Clone, Debug)]
pub(crate) struct Address<'a> {
    pub(crate) url: String,
    /// `owner/name`.
    pub(crate) full_name: &'a str,
}

impl Address<'_> {
    pub(crate) fn repository(&self, id: u64, branch: &str, is_private: bool) -> Value {
        let (owner, name) = self.full_name.split_once('/').expect("an owner and a name");
        json!({
            "id": id,
            "node_id": STANDARD.encode(format!("010:Repository{id}")),
            "name": name,
            "full_name": self.full_name,
            "private": is_private,
            "visibility": if is_private { "private" } else { "public" },
            "owner": { "login": owner, "id": 1, "type": "Organization" },
            "html_url": format!("https://github.com/{}", self.full_name),
            "description": null,
            "fork": false,
            "url": self.url,
            "default_branch": branch,
            "archived": false,
            "disabled": false,
            "size": 108,
        })
    }

    /// What `commits/{ref}` answers. `changes` are status, blob and path of each file.
    pub(crate) fn commit(&self, commit: &Object, changes: &[(String, String, String)]) -> Value {
        let parent = |sha: String| json!({ "sha": sha, "url": self.at("commits", &sha) });
        let tree = commit.field("tree").expect("a tree");
        let file = |(status, sha, path): &(String, String, String)| json!({ "sha": sha, "filename": path, "status": status });
        json!({
            "sha": commit.sha,
            "node_id": STANDARD.encode(format!("06:Commit{}", commit.sha)),
            "url": self.at("commits", &commit.sha),
            "commit": {
                "author": person(commit, "author"),
                "committer": person(commit, "committer"),
                "message": commit.message().trim_end(),
                "tree": { "sha": tree, "url": self.at("git/trees", &tree) },
                "url": self.at("git/commits", &commit.sha),
                "comment_count": 0,
            },
            "author": null,
            "committer": null,
            "parents": commit.fields("parent").into_iter().map(parent).collect::<Vec<_>>(),
            "files": changes.iter().map(file).collect::<Vec<_>>(),
        })
    }

    /// What `git/commits/{sha}` answers.
    pub(crate) fn git_commit(&self, commit: &Object) -> Value {
        let parent = |sha: String| json!({ "sha": sha, "url": self.at("git/commits", &sha) });
        let tree = commit.field("tree").expect("a tree");
        json!({
            "sha": commit.sha,
            "node_id": STANDARD.encode(format!("06:Commit{}", commit.sha)),
            "url": self.at("git/commits", &commit.sha),
            "author": person(commit, "author"),
            "committer": person(commit, "committer"),
            "message": commit.message().trim_end(),
            "tree": { "sha": tree, "url": self.at("git/trees", &tree) },
            "parents": commit.fields("parent").into_iter().map(parent).collect::<Vec<_>>(),
        })
    }

    /// What `git/ref/{name}` answers.
    pub(crate) fn reference(&self, name: &str, target: &Object) -> Value {
        let (sha, kind) = (&target.sha, &target.kind);
        let url = self.at(&format!("git/{kind}s"), sha);
        json!({
            "ref": format!("refs/{name}"),
            "node_id": STANDARD.encode(format!("03:Ref{name}")),
            "url": self.at("git/refs", name),
            "object": { "sha": sha, "type": kind, "url": url },
        })
    }

    /// What `git/blobs/{sha}` answers: base64 in lines, each with its break.
    pub(crate) fn blob(&self, blob: &Object) -> Value {
        let encoded = STANDARD.encode(&blob.content);
        let lines = encoded.as_bytes().chunks(LINE_CHARACTERS);
        let line = |line| String::from_utf8_lossy(line).into_owned() + "\n";
        json!({
            "sha": blob.sha,
            "node_id": STANDARD.encode(format!("04:Blob{}", blob.sha)),
            "size": blob.content.len(),
            "url": self.at("git/blobs", &blob.sha),
            "content": lines.map(line).collect::<String>(),
            "encoding": "base64",
        })
    }

    /// What `git/trees/{sha}` answers, as text: a tree of 25,000 entries is 7 MB. It ends at
    /// so many entries or bytes at the latest, and says so.
    pub(crate) fn tree(
        &self,
        sha: &str,
        entries: &[Entry],
        limit_entries: usize,
        limit_bytes: usize,
    ) -> String {
        let url = self.at("git/trees", sha);
        let mut text = format!(r#"{{"sha":"{sha}","url":"{url}","tree":["#);
        let mut is_truncated = entries.len() > limit_entries;
        for (at, entry) in entries.iter().take(limit_entries).enumerate() {
            if text.len() > limit_bytes {
                is_truncated = true;
                break;
            }
            text.push_str(if at == 0 { "" } else { "," });
            self.entry(entry, &mut text);
        }
        text.push_str(&format!(r#"],"truncated":{is_truncated}}}"#));
        text
    }

    fn entry(&self, entry: &Entry, text: &mut String) {
        let Entry { path, mode, kind, sha, size_bytes } = entry;
        let path = Value::from(String::from_utf8_lossy(path));
        let head = format!(r#"{{"path":{path},"mode":"{mode}","type":"{kind}","sha":"{sha}""#);
        text.push_str(&head);
        if let Some(size_bytes) = size_bytes {
            write!(text, r#","size":{size_bytes}"#).expect("memory");
        }
        // The commit of a submodule is in another repository: there is nothing to point at.
        if kind != "commit" {
            write!(text, r#","url":"{}/git/{kind}s/{sha}""#, self.url).expect("memory");
        }
        text.push('}');
    }

    fn at(&self, part: &str, name: &str) -> String {
        format!("{}/{part}/{name}", self.url)
    }
}

/// Reads `A Writer <writer@example.org> 1700000000 +0000`.
fn person(commit: &Object, role: &str) -> Value {
    let line = commit.field(role).expect("a person");
    let (name, rest) = line.split_once(" <").expect("a name");
    let (email, time) = rest.split_once("> ").expect("an address");
    let unix_s = time.split(' ').next().and_then(|time| time.parse().ok()).expect("a time");
    json!({ "name": name, "email": email, "date": json_date(unix_s) })
}
