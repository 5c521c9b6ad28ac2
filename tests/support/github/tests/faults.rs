//! Each fault strikes whom it is aimed at, and does what it says.

use std::fs;
use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use super::super::git::Git;
use super::super::{Answer, GitRepository, GithubServer, Host};
use super::client::{Client, Reply, get, unpacked};

const RAW: (&str, &str) = ("accept", "application/vnd.github.raw");

/// Larger than what a connection takes in before anybody reads.
const CONTENT_BYTES: usize = 50_000;

struct Scene {
    repository: GitRepository,
    server: GithubServer,
    commit: String,
    blob: String,
}

impl Scene {
    fn new() -> Self {
        let repository = GitRepository::empty();
        let long = "long".repeat(40);
        repository.write(format!("{long}/{long}.md"), "far down");
        repository.write("page.md", "p".repeat(CONTENT_BYTES));
        let commit = repository.commit("a page");
        let blob = Git::new(repository.path()).line(&["rev-parse", "trunk:page.md"]);
        let server = GithubServer::start(&repository, "acme/ontology");
        Self { repository, server, commit, blob }
    }

    fn get(&self, part: &str, headers: &[(&str, &str)]) -> Reply {
        get(&format!("{}/repos/acme/ontology{part}", self.server.api_url()), headers)
    }

    fn blob(&self) -> Reply {
        self.get(&format!("/git/blobs/{}", self.blob), &[RAW])
    }

    fn tarball(&self) -> Reply {
        let redirect = self.get(&format!("/tarball/{}", self.commit), &[]);
        get(redirect.header("location").expect("a location"), &[])
    }

    /// A client that a stall does not hold up for long.
    fn impatient(&self) -> Client {
        Client::of(&self.server.api_url()).impatient(Duration::from_secs(1))
    }

    fn content() -> Vec<u8> {
        "p".repeat(CONTENT_BYTES).into_bytes()
    }
}

#[test]
fn a_fault_strikes_only_the_requests_it_is_aimed_at() {
    let scene = Scene::new();
    let faults = scene.server.faults();
    faults.first(2).matching("/git/blobs/").answer(Answer::server_error(502));
    faults.nth(2).matching("/commits/").answer(Answer::not_found());
    faults.every().on(Host::Archive).answer(Answer::server_error(503));
    assert_eq!(scene.get("/commits/trunk", &[]).status, 200);
    assert_eq!([0; 3].map(|_| scene.blob().status), [502, 502, 200]);
    assert_eq!([0; 2].map(|_| scene.get("/commits/trunk", &[]).status), [404, 200]);
    assert_eq!(scene.tarball().status, 503);
    faults.clear();
    assert_eq!(scene.tarball().status, 200);
}

#[test]
fn limits_come_in_every_form() {
    let scene = Scene::new();
    scene.server.clock_ahead_s(7_200);
    let answer = |answer: Answer| {
        scene.server.faults().clear();
        scene.server.faults().every().answer(answer);
        scene.blob()
    };
    let pause = answer(Answer::secondary_limit(Duration::from_secs(60)).with_status(429));
    assert_eq!((pause.status, pause.header("retry-after")), (429, Some("60")));
    assert_ne!(pause.number("x-ratelimit-remaining"), 0);
    assert!(pause.message().contains("secondary rate limit"));
    let zero = answer(Answer::secondary_limit(Duration::ZERO));
    assert_eq!((zero.status, zero.header("retry-after")), (403, Some("0")));
    let text = answer(Answer::secondary_limit_by_text());
    assert_eq!((text.status, text.header("retry-after")), (403, None));

    let spent = answer(Answer::primary_limit(Duration::from_secs(90)));
    assert_eq!((spent.status, spent.number("x-ratelimit-remaining")), (403, 0));
    assert_eq!(spent.number("x-ratelimit-used"), spent.number("x-ratelimit-limit"));
    let now_s = std::time::UNIX_EPOCH.elapsed().expect("a time").as_secs().cast_signed();
    let ahead_s = spent.number("x-ratelimit-reset") - now_s;
    assert!((7_285..=7_290).contains(&ahead_s), "by the server's clock, not {ahead_s}");
}

#[test]
fn refusals_say_what_github_says() {
    let scene = Scene::new();
    let refusals = [
        (Answer::permission(), 403, "Resource not accessible by personal access token"),
        (Answer::bad_credentials(), 401, "Bad credentials"),
        (Answer::not_found(), 404, "Not Found"),
        (Answer::no_commit("nowhere"), 422, "No commit found for SHA: nowhere"),
        (Answer::blocked(), 451, "Repository access blocked"),
        (Answer::new(500, r#"{"message":"Oops"}"#).header("x-extra", "1"), 500, "Oops"),
    ];
    for (refusal, status, message) in refusals {
        scene.server.faults().clear();
        scene.server.faults().every().answer(refusal);
        let reply = scene.blob();
        assert_eq!((reply.status, reply.message().as_str()), (status, message));
        assert!(reply.header("x-github-request-id").is_some());
    }
}

#[test]
fn a_body_ends_early_with_and_without_a_length() {
    let scene = Scene::new();
    let faults = scene.server.faults();
    let whole = scene.tarball().body;
    faults.first(1).matching("/git/blobs/").cut_after(20_000);
    let cut = scene.blob();
    assert_eq!(cut.header("content-length"), Some("50000"));
    assert_eq!((cut.body.len(), cut.failure), (20_000, Some(ErrorKind::UnexpectedEof)));
    faults.first(1).on(Host::Archive).cut_after(100);
    let cut = scene.tarball();
    assert_eq!((&cut.body[..], cut.failure), (&whole[..100], Some(ErrorKind::UnexpectedEof)));

    faults.first(1).matching("/git/blobs/").unfinished();
    let unfinished = scene.blob();
    assert_eq!(unfinished.body, Scene::content());
    assert_eq!(unfinished.failure, Some(ErrorKind::UnexpectedEof));
    faults.first(1).on(Host::Archive).unfinished();
    let unfinished = scene.tarball();
    assert_eq!((unfinished.body, unfinished.failure), (whole, Some(ErrorKind::UnexpectedEof)));
}

#[test]
fn a_stalled_body_stays_open_until_the_client_goes() {
    let scene = Scene::new();
    scene.server.faults().first(1).matching("/git/blobs/").stall_after(10);
    let path = format!("/repos/acme/ontology/git/blobs/{}", scene.blob);
    let stalled = scene.impatient().get(&path, &[("user-agent", "a test"), RAW]).expect("a head");
    assert_eq!((stalled.status, stalled.body.len()), (200, 10));
    assert_eq!(stalled.failure, Some(ErrorKind::WouldBlock), "it timed out");
    assert_eq!(scene.blob().failure, None);
}

#[test]
fn a_reset_comes_before_any_byte() {
    let scene = Scene::new();
    scene.server.faults().first(1).reset();
    let mut client = Client::of(&scene.server.api_url());
    let reply = client.get("/repos/acme/ontology", &[("user-agent", "a test")]);
    assert_eq!(reply.expect_err("a reset").kind(), ErrorKind::ConnectionReset);
    assert_eq!(scene.server.requests()[0].status, None);
}

#[test]
fn a_wrong_content_comes_in_a_sound_envelope() {
    let scene = Scene::new();
    let faults = scene.server.faults();
    let long = "long".repeat(40);
    let long = format!("{long}/{long}.md");
    faults.every().matching("/git/blobs/").falsify();
    let blob = scene.blob();
    assert_eq!((blob.body.len(), blob.failure), (CONTENT_BYTES, None));
    assert_ne!(blob.body, Scene::content());
    for (falsified, true_file) in [("page.md", long.as_str()), (long.as_str(), "page.md")] {
        faults.first(1).on(Host::Archive).falsify_file(falsified);
        let (wrong, right) = (unpacked(&scene.tarball().body), unpacked(&scene.tarball().body));
        let read = |folder: &tempfile::TempDir, path| fs::read(folder.path().join(path));
        let is_same = |path| read(&wrong, path).expect("a file") == read(&right, path).expect("it");
        assert!(!is_same(falsified) && is_same(true_file));
    }
}

#[test]
fn one_byte_changes_on_the_way() {
    let scene = Scene::new();
    let whole = scene.tarball().body;
    scene.server.faults().every().on(Host::Archive).flip_byte(20);
    let flipped = scene.tarball().body;
    let differing: Vec<_> = (0..whole.len()).filter(|&at| whole[at] != flipped[at]).collect();
    assert_eq!(differing, [20]);
}

#[test]
fn answers_are_late_and_slow() {
    let scene = Scene::new();
    scene.server.faults().nth(1).latency(Duration::from_millis(200));
    scene.server.faults().nth(2).bytes_per_second(200_000);
    for _ in 0..2 {
        let begun = Instant::now();
        assert_eq!(scene.blob().body, Scene::content());
        assert!(begun.elapsed() >= Duration::from_millis(200), "{:?}", begun.elapsed());
    }
}

#[test]
fn requests_that_wait_are_open_at_once() {
    let scene = Scene::new();
    scene.server.faults().every().latency(Duration::from_secs(1));
    thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| scene.blob());
        }
    });
    assert_eq!((scene.server.peak_open(), scene.server.connections()), (5, 5));
}

#[test]
fn headers_and_media_types_can_be_missing() {
    let scene = Scene::new();
    assert!(scene.blob().header("x-ratelimit-limit").is_some());
    scene.server.faults().every().without_limit_headers();
    scene.server.faults().every().ignore_media_type();
    let reply = scene.blob();
    assert!(reply.headers.iter().all(|(name, _)| !name.starts_with("x-ratelimit")));
    assert_eq!(reply.json()["encoding"], "base64");
}

#[test]
fn a_truncated_tree_says_so() {
    let scene = Scene::new();
    scene.server.faults().every().truncate_at_entries(2);
    let tree = scene.get("/git/trees/trunk?recursive=1", &[]).json();
    assert_eq!(tree["truncated"], true);
    assert_eq!(tree["tree"].as_array().expect("entries").len(), 2);
    let flat = scene.get("/git/trees/trunk", &[]).json();
    assert_eq!(flat["truncated"], false);
}

#[test]
fn the_branch_moves_between_two_requests() {
    let scene = Scene::new();
    let repository = scene.repository.clone();
    scene.server.faults().nth(1).matching("/commits/trunk").then(move || {
        repository.write("page.md", "moved");
        repository.commit("moved");
    });
    let sha = || scene.get("/commits/trunk", &[]).json()["sha"].as_str().map(str::to_owned);
    assert_eq!(sha().as_ref(), Some(&scene.commit));
    assert_ne!(sha().as_ref(), Some(&scene.commit));
}

#[test]
fn a_server_that_is_dropped_leaves_no_connection_open() {
    let scene = Scene::new();
    scene.server.faults().every().stall_after(0);
    let mut client = scene.impatient();
    let (path, headers) = ("/repos/acme/ontology", [("user-agent", "a test")]);
    let stalled = client.get(path, &headers).expect("a head");
    assert_eq!(stalled.failure, Some(ErrorKind::WouldBlock));
    drop(scene);
    let next = client.get(path, &headers).expect_err("nobody there");
    assert_ne!(next.kind(), ErrorKind::WouldBlock, "it would still be open");
}
