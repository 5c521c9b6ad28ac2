//! Connections that are refused, or lost on the way.

use std::time::{Duration, Instant};

use driftless::source::postgres::{Postgres, PostgresSettings};
use driftless::source::{Source, SourceError};
use secrecy::SecretString;
use tokio_postgres::Client;

use crate::postgres::{SHOP, TestDatabase, connected};
use crate::row_walk::{all, entity, keys, pinned, refusal};

/// Ends all connections of the engine to this database, once there is one that `condition`
/// holds for.
async fn end_connections(client: &Client, condition: &str) {
    let end = format!(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity \
         where application_name = 'driftless' and datname = current_database() and {condition}"
    );
    let begun = Instant::now();
    while client.query(&end, &[]).await.expect("ended").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "no connection where {condition}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_in_a_page_is_transient_and_the_next_call_goes_on_there() {
    let database = TestDatabase::of(SHOP).await;
    let mut product = entity("products", &["name"]);
    // Whoever holds the lock stops the page; the bound is found before.
    product.filter = Some("id < 104 or pg_advisory_xact_lock_shared(7) is not null".to_owned());
    let rows = database.postgres().rows(product).expect("rows").by_pages_of(2);
    let pinned = pinned(&rows).await;
    database.run("select pg_advisory_lock(7)").await;
    let mut listing = pinned.list();
    let mut seen = listing.next().await.expect("the first page");
    let waiting = tokio::spawn(async move { (listing.next().await, listing) });
    let other = database.another().await;
    end_connections(&other, "wait_event = 'advisory'").await;
    let (lost, mut listing) = waiting.await.expect("a page or an error");
    let lost = lost.expect_err("the connection was ended");
    assert!(lost.is_transient(), "{lost:?}");
    database.run("select pg_advisory_unlock(7)").await;
    loop {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    let expected: Vec<_> = (101..=112).map(|id| id.to_string()).collect();
    assert_eq!(keys(&seen), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_lost_while_nobody_used_it_is_replaced() {
    let database = TestDatabase::of(SHOP).await;
    let postgres = database.postgres();
    let rows = postgres.rows(entity("products", &["name"])).expect("rows");
    assert_eq!(all(&rows).await.len(), 12);
    end_connections(&database.owner, "state = 'idle'").await;
    let mut failures = 0;
    // That it was ended may come to us after the next question was sent.
    while let Err(error) = postgres.tables().await {
        assert!(error.is_transient(), "{error:?}");
        failures += 1;
        assert!(failures < 3);
    }
    assert_eq!(all(&rows).await.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_is_transient_and_a_database_that_is_not_is_gone() {
    let database = TestDatabase::of("").await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let nobody = connected(&format!("postgres://postgres@127.0.0.1:{port}/shop"));
    assert!(nobody.tables().await.expect_err("nobody listens").is_transient());
    let url = database.url("postgres", "127.0.0.1", "").replace("/test_", "/no_");
    let error = connected(&url).tables().await.expect_err("no such database");
    assert!(matches!(error, SourceError::Gone { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_opens_and_is_never_told() {
    let database = TestDatabase::of(SHOP).await;
    database
        .run(
            "do $$ begin create role guarded login superuser password 'high tide'; \
             exception when duplicate_object then null; end $$",
        )
        .await;
    let url = database.url("guarded", "127.0.0.1", "sslmode=disable");
    let with = |password: &str| {
        let url = url.replace("guarded@", &format!("guarded:{password}@"));
        let (settings, password) = PostgresSettings::parse(&url).expect("a connection string");
        Postgres::new(settings, password).expect("settings")
    };
    let right = with("high%20tide");
    assert!(right.tables().await.is_ok());
    let rows = right.rows(entity("products", &["name"])).expect("rows");
    for told in [format!("{right:?}"), format!("{rows:?}"), rows.description().settings] {
        assert!(!told.contains("high") && !told.contains("tide"), "{told}");
    }
    let error = with("ebb").tables().await.expect_err("a wrong password");
    assert!(matches!(&error, SourceError::Denied { .. }), "{error:?}");
    assert!(!error.to_string().contains("ebb") && !format!("{error:?}").contains("ebb"));
    let none = connected(&url).tables().await.expect_err("no password");
    assert!(none.to_string().contains("asks for a password"), "{none}");
    let settings = PostgresSettings { url: url.replace("guarded@", "guarded:high%20tide@") };
    let by_hand = Postgres::new(settings, None).expect("settings");
    assert!(by_hand.tables().await.is_ok());
    assert!(!format!("{by_hand:?}").contains("high"));
    let given = Some(SecretString::from("high tide".to_owned()));
    let (settings, _) = PostgresSettings::parse(&url).expect("a connection string");
    assert!(Postgres::new(settings, given).expect("settings").tables().await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_believed_as_far_as_sslmode_says() {
    let database = TestDatabase::of(SHOP).await;
    database
        .run(
            "do $$ begin create role sealed login; exception when duplicate_object then null; \
             end $$",
        )
        .await;
    let root = format!("&sslrootcert={}", database.authority());
    for (host, mode, root, is_open) in [
        ("127.0.0.1", "disable", "", false),
        ("127.0.0.1", "prefer", "", true),
        ("127.0.0.1", "require", "", true),
        ("127.0.0.1", "require", &root, true),
        ("127.0.0.1", "verify-ca", &root, true),
        ("127.0.0.1", "verify-full", &root, false),
        ("localhost", "verify-full", &root, true),
    ] {
        let url = database.url("sealed", host, &format!("sslmode={mode}{root}"));
        let answer = connected(&url).tables().await;
        assert_eq!(answer.is_ok(), is_open, "{host} {mode} {answer:?}");
        if let Err(error) = answer {
            assert_eq!(error.code(), "source_denied", "{error}");
        }
    }
    let url = database.url("sealed", "127.0.0.1", "sslmode=require&sslrootcert=/nowhere.pem");
    let (settings, _) = PostgresSettings::parse(&url).expect("a connection string");
    let error = Postgres::new(settings, None).expect_err("no such file");
    assert!(error.to_string().contains("/nowhere.pem"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_file_is_a_host() {
    let database = TestDatabase::of(SHOP).await;
    let url = database.url("postgres", "127.0.0.1", "sslmode=verify-full");
    let url = url.replace("127.0.0.1", &database.socket().replace('/', "%2F"));
    let url = format!("{url}&sslrootcert={}", database.authority());
    let rows = connected(&url).rows(entity("soundings", &["place"])).expect("rows");
    assert_eq!(keys(&all(&rows).await), ["-31", "-12", "-3", "0", "2"]);
    let refused = connected(&url).rows(entity("nothing", &["place"])).expect("rows");
    assert!(refusal(&refused).await.to_string().contains("public.soundings"));
}
