//! Death during a sync with GitHub: the commit stays, and nothing that stands is fetched again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use driftless::fingerprint::Digest;
use driftless::store::Reader;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::github::{GitRepository, GithubServer};
use crate::kills::seed;
use crate::oracle::{tables, wrong_after_death};
use crate::pages::Corpus;
use crate::points::points_of_github;
use crate::scene::{Dice, undisturbed};
use crate::victim::{Answer, Order, TOKEN, Victim};

/// Kills at moments that nobody chose, for each of the two ways to the bytes.
const KILLS: usize = 10;

/// Pages that come by their blobs, and so many that they come by the archive.
const WAYS: [(&str, usize); 2] = [("blobs", 90), ("archive", 160)];

/// A repository on a server, what a checkout of it becomes, and a store.
struct Remote {
    repository: GitRepository,
    server: GithubServer,
    commit: String,
    expected: Digest,
    folder: TempDir,
}

impl Remote {
    fn new(seed: u64, pages: usize) -> Self {
        let corpus = Corpus::new(seed, pages);
        let repository = GitRepository::of((0..pages).map(|n| corpus.page(n)));
        let commit = repository.commit("the one to keep");
        let server = GithubServer::start(&repository, "acme/ontology");
        server.token(TOKEN);
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        std::fs::create_dir(&files).expect("a folder");
        repository.checkout(&commit, &files);
        let rebuilt = folder.path().join("rebuilt.db");
        undisturbed(&rebuilt, &files);
        let expected = digest(&rebuilt);
        Self { repository, server, commit, expected, folder }
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn start(&self, failpoints: &str) -> Victim {
        let api_url = Some(self.server.api_url());
        let order = Order { api_url, ..Order::new(self.folder.path(), PathBuf::new()) };
        Victim::start(&order, failpoints)
    }

    /// The blobs of items whose outcome is committed.
    fn committed(&self) -> BTreeSet<String> {
        let Some(connection) = tables(&self.store()) else { return BTreeSet::new() };
        let query = "select git_sha1 from item where git_sha1 is not null";
        strings(&connection, query)
    }

    /// The commit that a job waits to go on with, if it has got so far.
    fn pinned(&self) -> Option<String> {
        let query = "select source_version from job where state not like 'completed%' \
                     and source_version is not null";
        strings(&tables(&self.store())?, query).pop_first()
    }

    fn forget(&self) {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let mut path = self.store().into_os_string();
            path.push(suffix);
            let _ = std::fs::remove_file(path);
        }
    }

    /// What is wrong with how a job went on that found `committed` in the store.
    fn wrong(
        &self,
        answer: &Answer,
        committed: &BTreeSet<String>,
        pinned: Option<&str>,
    ) -> Vec<String> {
        let Ok(report) = &answer.result else {
            return vec![format!("it failed: {:?}", answer.result)];
        };
        let mut wrong = Vec::new();
        if pinned.is_some_and(|pinned| report["source_version"] != pinned) {
            wrong.push(format!("{pinned:?} went on with {}", report["source_version"]));
        }
        wrong.extend(self.fetched_again(committed));
        if report["source_version"] == self.commit.as_str()
            && digest(&self.store()) != self.expected
        {
            wrong.push("the digest is not that of an undisturbed run".to_owned());
        }
        wrong
    }

    /// Blobs of committed items that were asked for all the same.
    fn fetched_again(&self, committed: &BTreeSet<String>) -> Vec<String> {
        let named = |path: &str| Some(path.split_once("/git/blobs/")?.1.to_owned());
        let seen = self.server.requests();
        let asked = seen.iter().filter_map(|seen| named(&seen.path_and_query));
        let again = asked.filter(|named| committed.contains(named));
        again.map(|named| format!("the blob {named} was fetched twice")).collect()
    }
}

fn strings(connection: &Connection, query: &str) -> BTreeSet<String> {
    let mut statement = connection.prepare(query).expect("a query");
    let rows = statement.query_map([], |row| row.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("text")
}

fn digest(store: &Path) -> Digest {
    Reader::open(store).and_then(|reader| reader.digest()).expect("a digest")
}

#[test]
fn a_sync_with_github_goes_on_after_death_at_any_point() {
    for (way, pages) in WAYS {
        let remote = Remote::new(7, pages);
        for point in points_of_github() {
            for nth in [0, 2] {
                remote.forget();
                let mut victim = remote.start(&format!("{point}={nth}*off->return(die)"));
                if victim.wait().success() {
                    let is_of_other_way = point == "github::archive" && way == "blobs";
                    assert!(nth > 0 || is_of_other_way, "{point} is never passed by {way}");
                    continue;
                }
                let wrong = wrong_after_death(&remote.store());
                assert!(wrong.is_empty(), "{way}, {point}: {wrong:#?}");
                let (committed, pinned) = (remote.committed(), remote.pinned());
                assert_eq!(pinned.as_ref(), Some(&remote.commit), "{way}, {point}");
                remote.server.reset_requests();
                let answer = remote.start("").answer().expect("nothing kills it");
                let wrong = remote.wrong(&answer, &committed, pinned.as_deref());
                assert!(wrong.is_empty(), "{way}, {point}, passed {nth} times: {wrong:#?}");
            }
        }
    }
}

#[test]
fn a_sync_with_github_that_is_killed_at_any_moment_keeps_its_commit_and_what_it_has() {
    let seed = seed();
    for (way, pages) in WAYS {
        let remote = Remote::new(seed, pages);
        let context = format!("DRIFTLESS_SEED={seed}, {way}");
        let mut dice = Dice(seed);
        remote.server.faults().every().latency(Duration::from_millis(5));
        let begun = Instant::now();
        remote.start("").answer().expect("nothing kills it");
        let usual = usize::try_from(begun.elapsed().as_micros()).expect("a short time");
        remote.forget();
        let mut killed = 0;
        while killed < KILLS {
            if kill_or_finish(&remote, dice.below(usual * 3 / 2), &context) {
                killed += 1;
                if killed % 7 == 3 {
                    // The branch moves on; the job does not.
                    let page = format!("- ### OntologyBlock\n- {killed}\n");
                    remote.repository.write("Moved On.md", page);
                    remote.repository.commit("meanwhile");
                }
            } else {
                remote.repository.point("trunk", &remote.commit);
                remote.forget();
            }
        }
        let (committed, pinned) = (remote.committed(), remote.pinned());
        remote.server.reset_requests();
        let answer = remote.start("").answer().expect("nothing kills it");
        let wrong = remote.wrong(&answer, &committed, pinned.as_deref());
        assert!(wrong.is_empty(), "{context}: {wrong:#?}");
    }
}

/// Starts a victim and kills it after so many microseconds; false if it ended first. Either
/// way all is looked at.
fn kill_or_finish(remote: &Remote, micros: usize, context: &str) -> bool {
    let (committed, pinned) = (remote.committed(), remote.pinned());
    remote.server.reset_requests();
    let victim = remote.start("store::commit=sleep(1)");
    thread::sleep(Duration::from_micros(micros as u64));
    let was_killed = victim.kill();
    let wrong = if was_killed {
        let after_death = remote.store().exists().then(|| wrong_after_death(&remote.store()));
        let again = remote.fetched_again(&committed);
        after_death.unwrap_or_default().into_iter().chain(again).collect()
    } else {
        remote.wrong(&victim_answer(remote), &committed, pinned.as_deref())
    };
    assert!(wrong.is_empty(), "{context}: {wrong:#?}");
    was_killed
}

/// What the last victim said, which has ended by itself.
fn victim_answer(remote: &Remote) -> Answer {
    let text =
        std::fs::read_to_string(remote.folder.path().join("answer.json")).expect("an answer");
    serde_json::from_str(&text).expect("an answer")
}
