//! Repositories on the command line: addresses, settings, plans, watching, and no secret told.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Desk, Ran};
use crate::github::{Answer, GitRepository, GithubServer};
use crate::github_sync::scene::{TOKEN, pages};
use crate::repository::class;

struct Remote {
    desk: Desk,
    repository: GitRepository,
    server: GithubServer,
}

impl Remote {
    fn of(number: usize) -> Self {
        let repository = GitRepository::of(pages(number));
        let server = GithubServer::start(&repository, "acme/ontology");
        server.token(TOKEN);
        Self { desk: Desk::new(), repository, server }
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut program = self.desk.program(arguments);
        program.env("GITHUB_TOKEN", TOKEN).env("GITHUB_API_URL", self.server.api_url());
        program
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.program(arguments))
    }
}

#[test]
fn a_repository_is_synced_by_its_address_and_told_of_like_any_source() {
    let remote = Remote::of(30);
    let ran = remote.run(&["sync", "github:acme/ontology/pages", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report: Value = ran.json();
    assert_eq!(report["counters"]["written"], 30);
    assert_eq!(report["traffic"]["requests"], remote.server.requests().len());
    let status = remote.run(&["status"]);
    assert!(status.out.contains("github:acme/ontology/pages"), "{}", status.out);
    let explained = remote.run(&["explain", "P003.md", "--json"]);
    assert_eq!(explained.json()["items"][0]["present"]["state"], "here", "{}", explained.out);
}

#[test]
fn a_plan_says_how_much_would_be_fetched_and_fetches_nothing() {
    let remote = Remote::of(130);
    let plan = remote.run(&["sync", "github:acme/ontology", "--dry-run", "--json"]).json();
    assert_eq!((&plan["added"], &plan["fetch"]["items"]), (&130.into(), &130.into()));
    assert_eq!(plan["fetch"]["way"], "one archive, 2 requests");
    let fetched =
        |path: &str| remote.server.requests().iter().any(|it| it.path_and_query.contains(path));
    assert!(!fetched("/tarball/") && !fetched("/blobs/"));
    remote.run(&["sync", "github:acme/ontology"]);
    remote.repository.remove("pages/P001.md");
    remote.repository.write("pages/P002.md", class("P002", &["P003"]));
    remote.repository.commit("changes");
    let plan = remote.run(&["sync", "github:acme/ontology", "--dry-run", "--json"]).json();
    assert_eq!((&plan["changed"], &plan["deleted"]), (&1.into(), &1.into()));
    assert_eq!(plan["fetch"]["way"], "blob by blob, 1 request");
}

#[test]
fn a_source_is_named_in_the_configuration_with_its_store_and_its_token() {
    let remote = Remote::of(3);
    remote.server.make_private();
    let yaml = format!(
        "store: rivers.db\nsources:\n  rivers:\n    kind: github\n    repository: acme/ontology\n    \
         path: pages\n    api_url: {}\n    token: ${{RIVERS_TOKEN}}\n",
        remote.server.api_url()
    );
    std::fs::write(remote.desk.path("driftless.yaml"), yaml).expect("a file");
    let run = |arguments: &[&str]| {
        let mut program = remote.desk.program(arguments);
        program.env("RIVERS_TOKEN", TOKEN);
        Ran::of(program)
    };
    let ran = run(&["sync", "rivers"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(remote.desk.path("rivers.db").exists());
    let unknown = run(&["sync", "lakes"]);
    assert_eq!(unknown.code, 3);
    assert!(unknown.err.contains("rivers"), "{}", unknown.err);
    let unset = Ran::of(remote.desk.program(&["sync", "rivers"]));
    assert_eq!(unset.code, 3);
    assert!(unset.err.contains("RIVERS_TOKEN"), "{}", unset.err);
}

#[test]
fn a_token_goes_to_no_host_that_it_is_not_meant_for() {
    let remote = Remote::of(3);
    remote.run(&["sync", "github:acme/ontology"]);
    remote.server.reset_requests();
    // The store remembers a host; the environment's token is for another one.
    let mut elsewhere = remote.program(&["explain", "pages/P001.md"]);
    elsewhere.env("GITHUB_API_URL", "https://github.example/api/v3");
    Ran::of(elsewhere);
    assert!(remote.server.requests().iter().all(|seen| !seen.authorization));
    // A source of the file says itself where it is, whatever the environment says.
    let yaml = format!(
        "sources:\n  rivers: {{kind: github, repository: acme/ontology, api_url: '{}', token: '{TOKEN}'}}\n",
        remote.server.api_url()
    );
    std::fs::write(remote.desk.path("driftless.yaml"), yaml).expect("a file");
    for arguments in [&["sync", "rivers"][..], &["explain", "pages/P001.md"]] {
        remote.server.reset_requests();
        let mut named = remote.desk.program(arguments);
        named.env("GITHUB_API_URL", "https://github.example/api/v3");
        assert_eq!(Ran::of(named).code, 0, "{arguments:?}");
        assert!(remote.server.requests().iter().any(|seen| seen.authorization));
    }
}

#[test]
fn the_service_s_own_variables_name_a_repository() {
    let remote = Remote::of(12);
    remote.repository.write("docs/pages/A.md", class("A", &[]));
    remote.repository.commit_on("drafts", "another branch");
    let run = |force: &str| {
        let mut program = remote.program(&["sync", "github:", "--json"]);
        program.env("GITHUB_OWNER", "acme").env("GITHUB_REPO", "ontology");
        program.env("GITHUB_BRANCH", "drafts").env("GITHUB_BASE_PATH", "docs/pages/");
        program.env("FORCE_FULL_SYNC", force);
        Ran::of(program).json()
    };
    assert_eq!(run("0")["counters"]["written"], 1);
    assert_eq!(run("false")["counters"]["unchanged"], 1);
    assert_eq!(run("1")["counters"]["written"], 1);
}

#[test]
fn what_is_denied_says_what_to_set_and_ends_with_two() {
    let remote = Remote::of(3);
    remote.server.faults().every().answer(Answer::bad_credentials());
    let ran = remote.run(&["sync", "github:acme/ontology"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("GITHUB_TOKEN"), "{}", ran.err);
    for wrong in ["github:acme", "github:acme/ontology/../x"] {
        assert_eq!(remote.run(&["sync", wrong]).code, 3, "{wrong}");
    }
}

#[test]
fn a_watched_source_is_told_of_in_a_line_each_time() {
    let remote = Remote::of(5);
    let mut program = remote.program(&["sync", "github:acme/ontology", "--watch", "1s"]);
    let mut child = program.stdout(Stdio::piped()).spawn().expect("a process");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut next = || lines.next().expect("a line").expect("text");
    let first = next();
    assert!(first.contains("github:acme/ontology") && first.contains("5 written"), "{first}");
    let second = next();
    assert!(second.contains("5 unchanged") && second.contains("1 request"), "{second}");
    remote.server.faults().first(1).answer(Answer::bad_credentials());
    let broken = next();
    assert!(broken.contains("source_denied") && broken.contains("next try in"), "{broken}");
    remote.repository.write("pages/P001.md", class("P001", &["P004"]));
    remote.repository.commit("an edit");
    let line = next();
    assert!(line.contains("1 written, 4 unchanged"), "{line}");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    assert_eq!(child.wait().expect("its end").code(), Some(0));
}

#[test]
fn a_token_is_told_nowhere() {
    let remote = Remote::of(120);
    remote.server.make_private();
    let mut told = String::new();
    let mut run = |arguments: &[&str]| {
        let mut program = remote.program(arguments);
        program.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
        let ran = Ran::of(program);
        told += &ran.out;
        told += &ran.err;
    };
    remote.server.faults().nth(2).matching("/git/").reset();
    run(&["sync", "github:acme/ontology", "-vv", "--receipt", "receipt.json"]);
    run(&["sync", "github:acme/ontology", "--json"]);
    run(&["status", "--json"]);
    run(&["explain", "pages/P001.md", "--json"]);
    let denied = Answer::bad_credentials();
    remote.server.faults().every().answer(denied);
    run(&["sync", "github:acme/ontology", "--force"]);
    run(&["sync", "github:acme/elsewhere"]);
    let mut stored = Vec::new();
    for entry in std::fs::read_dir(remote.desk.path("")).expect("the desk") {
        let path = entry.expect("an entry").path();
        stored.extend(if path.is_file() {
            std::fs::read(path).expect("bytes")
        } else {
            Vec::new()
        });
    }
    let holds = |bytes: &[u8], secret: &str| memmem(bytes, secret.as_bytes());
    // What the archive's address holds is a secret too.
    for secret in [TOKEN, "Canary", "?token="] {
        assert!(!holds(told.as_bytes(), secret), "{secret} was told:\n{told}");
        assert!(!holds(&stored, secret), "{secret} was stored");
    }
    assert!(told.contains("written"), "something was told");
}

fn memmem(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_token_that_is_set_and_not_meant_for_the_host_is_told_and_not_sent() {
    let remote = Remote::of(3);
    remote.server.make_private();
    let yaml = format!(
        "sources:\n  water: {{kind: github, repository: acme/ontology, api_url: '{}'}}\n",
        remote.server.api_url()
    );
    std::fs::write(remote.desk.path("driftless.yaml"), yaml).expect("a configuration");
    let mut program = remote.desk.program(&["sync", "water", "--json"]);
    program.env("GITHUB_TOKEN", TOKEN);
    let ran = Ran::of(program);
    let error = &ran.json()["error"];
    assert_eq!((ran.code, &error["code"]), (2, &"source_denied".into()), "{error:#}");
    let message = error["message"].as_str().unwrap_or_default();
    assert!(message.contains("GITHUB_TOKEN is set, and is not sent to"), "{message}");
    assert!(remote.server.requests().iter().all(|it| !format!("{it:?}").contains(TOKEN)));
}
