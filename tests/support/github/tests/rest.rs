//! The API answers as GitHub's does, with what git itself says of the repository.

use std::fs;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::git::Git;
use super::super::{GitRepository, GithubServer, Host, Limits, Seen};
use super::client::{Client, Reply, get, path, unpacked};

const TOKEN: (&str, &str) = ("authorization", "Bearer ghp_canary");
const SHA: (&str, &str) = ("accept", "application/vnd.github.sha");

fn pages() -> (GitRepository, String) {
    let repository = GitRepository::empty();
    repository.write("pages/a.md", "one\n");
    repository.write("pages/deep/b.md", "x".repeat(100));
    repository.write(b"caf\xe9.md", "latin");
    repository.executable("run", "#!/bin/sh\n");
    repository.symlink("link", "run");
    repository.submodule("vendor");
    let commit = repository.commit("first");
    (repository, commit)
}

fn git(repository: &GitRepository) -> Git {
    Git::new(repository.path())
}

/// Gets something of the repository, which is `acme/ontology`.
fn of(server: &GithubServer, part: &str, headers: &[(&str, &str)]) -> Reply {
    get(&format!("{}/repos/acme/ontology{part}", server.api_url()), headers)
}

#[test]
fn a_recursive_tree_is_what_git_lists() {
    let (repository, commit) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    let listed = git(&repository).bytes(&["ls-tree", "-r", "-t", "-l", "-z", &commit]);
    let listed = String::from_utf8_lossy(&listed).replace('\t', " ");
    let listed = listed.split_terminator('\0').map(|line| line.split_whitespace().collect());
    let listed: Vec<Vec<&str>> = listed.collect();

    let tree = git(&repository).line(&["rev-parse", &format!("{commit}^{{tree}}")]);
    let json = of(&server, &format!("/git/trees/{tree}?recursive=1"), &[]).json();
    assert_eq!((json["sha"].as_str(), json["truncated"].as_bool()), (Some(&*tree), Some(false)));
    let entries = json["tree"].as_array().expect("entries");
    assert_eq!(entries.len(), listed.len());
    for (entry, line) in entries.iter().zip(&listed) {
        let size = entry["size"].as_u64().map_or("-".to_owned(), |size| size.to_string());
        let word = |name: &str| entry[name].as_str().expect("a word");
        let words = [word("mode"), word("type"), word("sha"), &size, word("path")];
        assert_eq!(words, line.as_slice());
    }
    let by_commit = of(&server, &format!("/git/trees/{commit}?recursive=1"), &[]).json();
    assert_eq!(by_commit["tree"], json["tree"]);
    let flat = of(&server, &format!("/git/trees/{tree}"), &[]).json();
    let flat = flat["tree"].as_array().expect("entries").iter();
    assert!(flat.clone().all(|entry| !entry["path"].as_str().expect("a path").contains('/')));
    assert_eq!(flat.count(), 5);
}

#[test]
fn a_blob_hashes_to_its_name_raw_and_in_base64() {
    let (repository, commit) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    let git = git(&repository);
    let sha = git.line(&["rev-parse", &format!("{commit}:pages/deep/b.md")]);
    let hash = |bytes: &[u8]| {
        git.fed(&["hash-object", "--stdin"], |input| input.write_all(bytes).expect("a git"))
    };
    let path = format!("/git/blobs/{sha}");
    let raw = of(&server, &path, &[("accept", "application/vnd.github.raw+json")]);
    assert_eq!(raw.header("content-type"), Some("application/vnd.github.raw+json; charset=utf-8"));
    assert_eq!(hash(&raw.body), sha);

    let json = of(&server, &path, &[]).json();
    let content = json["content"].as_str().expect("a content");
    assert!(content.ends_with('\n') && content.lines().all(|line| line.len() <= 60));
    let bytes = STANDARD.decode(content.replace('\n', "")).expect("base64");
    assert_eq!((hash(&bytes), json["size"].as_u64()), (sha, Some(100)));
}

#[test]
fn a_tarball_comes_from_another_host_without_what_attributes_leave_out() {
    let (repository, _) = pages();
    repository.write(".gitattributes", "secret.md export-ignore\nstamp.md export-subst\n");
    repository.write("secret.md", "hidden");
    repository.write("stamp.md", "$Format:%H$");
    let commit = repository.commit("attributes");
    let server = GithubServer::start(&repository, "acme/ontology");
    server.token("ghp_canary");
    server.make_private();

    let redirect = of(&server, &format!("/tarball/{commit}"), &[TOKEN]);
    let location = redirect.header("location").expect("a location");
    assert_eq!(redirect.status, 302);
    assert!(location.starts_with("http://localhost:"), "{location}");
    assert!(server.api_url().starts_with("http://127.0.0.1:"));
    assert_eq!(get(location.split('?').next().expect("a path"), &[]).status, 404);

    let tarball = get(location, &[]);
    assert_eq!(tarball.header("transfer-encoding"), Some("chunked"));
    assert_eq!((tarball.status, tarball.failure), (200, None));
    let disposition = tarball.header("content-disposition").expect("a name");
    assert!(disposition.ends_with(&format!("acme-ontology-{}.tar.gz", &commit[..7])));
    let folder = unpacked(&tarball.body);
    assert!(!folder.path().join("secret.md").exists());
    assert_eq!(fs::read_to_string(folder.path().join("stamp.md")).expect("a file"), commit);

    let is_api = |seen: &Seen| seen.host == Host::Api;
    let (api, archives): (Vec<_>, Vec<_>) = server.requests().into_iter().partition(is_api);
    assert!(api[0].authorization && archives.iter().all(|seen| !seen.authorization));
    assert_eq!(archives[1].bytes_sent, tarball.body.len() as u64);
}

#[test]
fn a_commit_goes_by_branch_tag_and_short_sha() {
    let (repository, commit) = pages();
    repository.point("fix/it", &commit);
    repository.tag("v1", &commit);
    let server = GithubServer::start(&repository, "acme/ontology");
    for name in ["trunk", "HEAD", "fix/it", "fix%2Fit", "v1", &commit[..8], &commit] {
        let reply = of(&server, &format!("/commits/{name}"), &[SHA]);
        assert_eq!(String::from_utf8_lossy(&reply.body), commit, "{name}");
        assert_eq!(reply.header("etag"), Some(format!("\"{commit}\"").as_str()));
    }
    let json = of(&server, "/commits/trunk", &[]).json();
    let tree = json["commit"]["tree"]["sha"].as_str().expect("a tree");
    assert_eq!(json["files"].as_array().expect("files").len(), 6);
    let plain = of(&server, &format!("/git/commits/{commit}"), &[]).json();
    assert_eq!(
        (plain["tree"]["sha"].as_str(), plain["message"].as_str()),
        (Some(tree), Some("first"))
    );
    let reference = of(&server, "/git/ref/heads/fix/it", &[]).json();
    assert_eq!(reference["ref"], "refs/heads/fix/it");
    assert_eq!(reference["object"]["sha"], commit);
}

#[test]
fn a_branch_that_moved_is_seen_at_the_next_request() {
    let (repository, first) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    repository.write("new.md", "new");
    let second = repository.commit("second");
    assert_eq!(of(&server, "/commits/trunk", &[SHA]).body, second.as_bytes());
    repository.point("trunk", &first);
    assert_eq!(of(&server, "/commits/trunk", &[SHA]).body, first.as_bytes());
    repository.forget();
    let gone = of(&server, &format!("/commits/{second}"), &[SHA]);
    assert_eq!((gone.status, gone.message()), (422, format!("No commit found for SHA: {second}")));
    assert_eq!(of(&server, &format!("/git/trees/{second}"), &[]).status, 404);
}

#[test]
fn an_answer_that_is_known_costs_nothing_with_a_token() {
    let (repository, commit) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    server.token("ghp_canary");
    let (tag, weak) = (format!("\"{commit}\""), format!("W/\"{commit}\""));
    let remaining = |headers: &[(&str, &str)]| {
        let reply = of(&server, "/commits/trunk", headers);
        assert!(reply.status == 200 || reply.body.is_empty());
        (reply.status, reply.number("x-ratelimit-remaining"))
    };
    assert_eq!(remaining(&[SHA, TOKEN]), (200, 4_999));
    assert_eq!(remaining(&[SHA, TOKEN, ("if-none-match", &tag)]), (304, 4_999));
    assert_eq!(remaining(&[SHA, TOKEN, ("if-none-match", &weak)]), (304, 4_999));
    assert_eq!(remaining(&[SHA, TOKEN, ("if-none-match", "\"other\"")]), (200, 4_998));
    assert_eq!(remaining(&[TOKEN, ("if-none-match", &tag)]), (200, 4_997), "JSON has its own");
    assert_eq!(remaining(&[SHA, ("if-none-match", &tag)]), (304, 59));
    assert_eq!(server.requests()[1].if_none_match.as_deref(), Some(tag.as_str()));
}

#[test]
fn a_spent_budget_refuses_until_its_window_is_over() {
    let (repository, _) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    let window = Duration::from_secs(3_600);
    server.limits(Limits { with_token: 5_000, without_token: 1, window });
    assert_eq!(of(&server, "", &[]).status, 200);
    let refused = of(&server, "", &[]);
    assert_eq!((refused.status, refused.number("x-ratelimit-remaining")), (403, 0));
    assert!(refused.message().starts_with("API rate limit exceeded for 127.0.0.1. "));
    let asked = get(&format!("{}/rate_limit", server.api_url()), &[]).json();
    assert_eq!(asked["resources"]["core"]["remaining"], 0);
    server.clock_ahead_s(3_601);
    assert_eq!(of(&server, "", &[]).status, 200);
}

#[test]
fn an_empty_repository_says_so() {
    let repository = GitRepository::empty();
    let server = GithubServer::start(&repository, "acme/ontology");
    assert_eq!(of(&server, "", &[]).json()["default_branch"], "trunk");
    for part in ["/commits/trunk", "/git/trees/trunk", "/tarball/trunk", "/git/ref/heads/trunk"] {
        let reply = of(&server, part, &[]);
        assert_eq!((reply.status, reply.message()), (409, "Git Repository is empty.".to_owned()));
    }
}

#[test]
fn who_asks_decides_what_there_is() {
    let (repository, _) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    server.token("ghp_canary");
    assert_eq!(of(&server, "", &[]).status, 200);
    assert_eq!(of(&server, "", &[TOKEN]).json()["private"], false);
    let wrong = of(&server, "", &[("authorization", "token ghp_old")]);
    assert_eq!((wrong.status, wrong.message()), (401, "Bad credentials".to_owned()));
    assert_eq!(wrong.json()["status"], "401");
    server.make_private();
    assert_eq!(of(&server, "", &[]).status, 404);
    assert_eq!(of(&server, "", &[TOKEN]).json()["private"], true);
    server.require_token();
    assert_eq!(of(&server, "", &[]).status, 401);
    let nameless = Client::of(&server.api_url()).get("/repos/acme/ontology", &[TOKEN]);
    assert_eq!(nameless.expect("an answer").status, 403);
}

#[test]
fn a_renamed_repository_is_found_by_its_old_name() {
    let (repository, commit) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    server.rename("acme/vocabulary");
    let moved = of(&server, "/commits/trunk?per_page=1", &[]);
    let location = moved.header("location").expect("a location");
    assert_eq!((moved.status, moved.message()), (301, "Moved Permanently".to_owned()));
    assert!(location.ends_with("/repositories/1296269/commits/trunk?per_page=1"), "{location}");
    assert_eq!(get(location, &[SHA]).body, commit.as_bytes());
    let by_id = get(location.split("/commits").next().expect("a repository"), &[]).json();
    assert_eq!(by_id["full_name"], "acme/vocabulary");
}

#[test]
fn a_prefix_is_part_of_every_address() {
    let (repository, commit) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    let bare = server.api_url();
    server.prefix("/api/v3");
    assert_eq!(server.api_url(), format!("{bare}/api/v3"));
    assert_eq!(of(&server, "/commits/trunk", &[SHA]).body, commit.as_bytes());
    assert_eq!(get(&format!("{bare}/repos/acme/ontology"), &[]).status, 404);
    let url = of(&server, "", &[]).json()["url"].as_str().expect("a URL").to_owned();
    assert_eq!(url, format!("{bare}/api/v3/repos/acme/ontology"));
}

#[test]
fn every_request_is_recorded() {
    let (repository, _) = pages();
    let server = GithubServer::start(&repository, "acme/ontology");
    let before = Instant::now();
    let mut client = Client::of(&server.api_url());
    for _ in 0..2 {
        let reply = client.get("/repos/acme/ontology?x=1", &[("user-agent", "a test"), SHA]);
        let reply = reply.expect("an answer");
        let seen = server.requests().pop().expect("a request");
        assert_eq!((seen.host, seen.method.as_str()), (Host::Api, "GET"));
        assert_eq!(seen.path_and_query, "/repos/acme/ontology?x=1");
        assert_eq!(
            (seen.accept.as_deref(), seen.user_agent.as_deref()),
            (Some(SHA.1), Some("a test"))
        );
        assert_eq!((seen.status, seen.bytes_sent), (Some(200), reply.body.len() as u64));
        assert!(seen.at >= before && !seen.authorization);
    }
    assert_eq!((server.connections(), server.peak_open(), server.requests().len()), (1, 1, 2));
    server.reset_requests();
    assert_eq!((server.connections(), server.requests().len()), (0, 0));
}

#[test]
fn a_thousand_blobs_and_a_listing_at_its_limit_are_served_without_a_pause() {
    let file = |n: usize| (format!("pages/{}/{n}.md", n % 50), format!("page {n}").into_bytes());
    let repository = GitRepository::of((0..40_000).map(file));
    let server = GithubServer::start(&repository, "acme/ontology");
    server.token("ghp_canary");
    let begun = Instant::now();
    let listing = of(&server, "/git/trees/trunk?recursive=1", &[TOKEN]).json();
    assert_eq!(listing["truncated"], true, "it is over 7 MB");
    let entries = listing["tree"].as_array().expect("entries");
    let mut client = Client::of(&server.api_url());
    let blobs = entries.iter().filter(|entry| entry["type"] == "blob").take(1_000);
    for entry in blobs {
        let url = entry["url"].as_str().expect("a URL");
        let reply = client.get(path(url), &[("user-agent", "a test"), TOKEN]);
        assert_eq!(reply.expect("an answer").status, 200);
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
