//! Answers that are no success: what becomes of the job, and that nothing is deleted for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use driftless::config::Config;
use driftless::engine::{Engine, EngineError};
use driftless::job::JobState;
use driftless::source::github::{Github, Proxies};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::scene::{Scene, TOKEN, pages};
use crate::github::{Answer, GitRepository};
use crate::repository::{class, sync_and_close};

async fn refused(scene: &Scene) -> (&'static str, String) {
    let error = scene.try_sync().await.expect_err("an error");
    assert_eq!(scene.number("select count(*) from item where outcome = 'written'"), 12);
    (error.code(), error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_will_not_answer_fails_the_job_and_deletes_nothing() {
    let scene = Scene::of(pages(12));
    scene.sync().await;
    scene.repository.write("pages/P000.md", class("P000", &["Changed"]));
    scene.repository.commit("an edit");
    let cases = [
        (Answer::not_found(), "source_denied", "no such repository"),
        (Answer::bad_credentials(), "source_denied", "token is not valid"),
        (Answer::permission(), "source_denied", "does not allow"),
        (Answer::blocked(), "source_denied", "is blocked (status 451"),
    ];
    for (answer, code, words) in cases {
        scene.server.faults().every().matching("/commits/").answer(answer);
        let (seen, message) = refused(&scene).await;
        assert_eq!(seen, code, "{message}");
        assert!(message.contains(words) && !message.contains(TOKEN), "{message}");
        scene.server.faults().clear();
    }
    // Nothing of it stands in the way of the next run.
    assert_eq!(scene.sync().await.counters.written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_and_a_private_repository_say_what_to_set() {
    let scene = Scene::of(pages(3));
    scene.server.make_private();
    let refused = |token: &'static str| {
        let source = scene.source(Some(token));
        source.expect_err("refused").to_string()
    };
    for broken in ["ghp_x\n", "", "two words"] {
        let message = refused(broken);
        assert!(message.contains("GITHUB_TOKEN") && !message.contains("ghp_x"), "{message}");
    }
    let message = scene.anonymous().try_sync().await.expect_err("denied").to_string();
    assert!(message.contains("it takes a token"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_has_become_empty_deletes_nothing_unasked() {
    let scene = Scene::of(pages(5));
    scene.sync().await;
    scene.server.faults().every().matching("/commits/").answer(Answer::empty_repository());
    let report = scene.sync().await;
    assert_eq!((report.counters.deleted, report.counters.withheld), (0, 5));
    assert_eq!(scene.number("select count(*) from page"), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_of_years_is_no_wait_but_a_failure() {
    let scene = Scene::of(pages(3));
    for wait in [99_999_999_999, u64::MAX] {
        let answer = Answer::secondary_limit(std::time::Duration::from_secs(wait));
        scene.server.faults().nth(1).matching("/commits/").answer(answer);
        let error = scene.try_sync().await.expect_err("a failure");
        assert_eq!(error.code(), "source_failed");
        scene.server.faults().clear();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_does_not_exist_is_a_setting_to_correct() {
    let mut scene = Scene::of(pages(3));
    scene.settings.address = scene.settings.address.at("feature/nowhere").expect("a name");
    let error = scene.try_sync().await.expect_err("refused");
    assert_eq!(error.code(), "bad_setting");
    assert!(error.to_string().contains("feature/nowhere"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_is_done_at_once_and_told_to_be_empty() {
    let scene = Scene::new(GitRepository::empty());
    let report = scene.sync().await;
    assert_eq!((report.state, report.counters.listed), (JobState::CompletedWithErrors, 0));
    assert_eq!(report.attention[0].code, "nothing_listed");
    assert_eq!(report.source_version, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_repository_is_followed_and_its_new_name_told() {
    let scene = Scene::of(pages(150));
    scene.server.rename("acme/rivers");
    let report = scene.sync().await;
    assert_eq!(report.counters.written, 150);
    assert!(report.notes.iter().any(|note| note.contains("acme/rivers")), "{:?}", report.notes);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_archive_host_never_sees_the_token() {
    let scene = Scene::of(pages(150));
    scene.server.make_private();
    scene.sync().await;
    let seen = scene.server.requests();
    let archive: Vec<_> =
        seen.iter().filter(|it| it.host == crate::github::Host::Archive).collect();
    assert!(!archive.is_empty() && archive.iter().all(|it| !it.authorization));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_a_bad_address_does_not_repeat_its_password() {
    let mut scene = Scene::of(pages(1));
    scene.settings.api_url = format!("https://user:{TOKEN}@github.example");
    let error = scene.source(None).expect_err("refused");
    assert!(matches!(error, EngineError::Source(_)) && !error.to_string().contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_in_other_capitals_is_the_same_source() {
    let mut scene = Scene::of(pages(5));
    scene.sync().await;
    // As a store of an earlier program has it.
    scene
        .tables()
        .execute("update source set name = replace(name, 'acme', 'Acme')", [])
        .expect("set");
    scene.settings.address.owner = "ACME".to_owned();
    scene.server.faults().every().matching("/commits/").then(|| ());
    let report = scene.sync().await;
    assert_eq!((report.counters.written, report.counters.unchanged), (0, 5));
    assert_eq!(scene.number("select count(*) from source"), 1);
    assert!(report.source.starts_with("github:acme/ontology"), "{}", report.source);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_the_repository_does_not_have_is_told() {
    let mut scene = Scene::of(pages(5));
    scene.settings.address = scene.settings.address.clone().below("pagez").expect("a path");
    let report = scene.sync().await;
    assert_eq!(report.state, JobState::CompletedWithErrors);
    assert_eq!(report.attention[0].code, "nothing_listed");
}

/// A proxy that makes tunnels; gives its address and how many it has made.
async fn proxy() -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let tunnels = Arc::new(AtomicU32::new(0));
    let made = tunnels.clone();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let made = made.clone();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await?);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                assert!(head.starts_with("CONNECT ") && !head.contains(TOKEN), "{head}");
                let to = head.split(' ').nth(1).unwrap_or_default();
                let mut server = TcpStream::connect(to).await?;
                made.fetch_add(1, Ordering::Relaxed);
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    (address, tunnels)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_asked_where_one_is_named_and_not_where_it_is_not_wanted() {
    let (address, tunnels) = proxy().await;
    for (variable, except, is_asked) in
        [("http_proxy", "", true), ("all_proxy", "", true), ("http_proxy", "127.0.0.1", false)]
    {
        let scene = Scene::of(pages(5));
        let proxies = Proxies::of(|name| match name {
            "no_proxy" => Some(except.to_owned()),
            name => (name == variable).then(|| address.clone()),
        });
        let github = Github::new(scene.settings.clone(), Some(TOKEN.into())).expect("a source");
        let before = tunnels.load(Ordering::Relaxed);
        let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
        let report = sync_and_close(engine, Arc::new(github.behind(proxies)), &scene.options).await;
        assert_eq!(report.expect("a report").counters.written, 5);
        assert_eq!(tunnels.load(Ordering::Relaxed) > before, is_asked, "{variable} {except}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_refuses_is_not_passed_by() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let scene = Scene::of(pages(1));
    let proxies = Proxies::of(|name| (name == "all_proxy").then(|| address.clone()));
    let github = Github::new(scene.settings.clone(), Some(TOKEN.into())).expect("a source");
    let engine = Engine::open(scene.store(), Config::default()).await.expect("a store");
    let synced = sync_and_close(engine, Arc::new(github.behind(proxies)), &scene.options).await;
    assert_eq!(synced.expect_err("no proxy").code(), "source_failed");
}
