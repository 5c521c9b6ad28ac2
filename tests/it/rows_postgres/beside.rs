//! Poolers and standbys: the server's connection is another one each time, or another server's.

use driftless::entity::Entity;

use crate::postgres::{SHOP, TestDatabase, connected};
use crate::postgres_beside::{Pooler, Standby};
use crate::row_walk::{all, entity, keys, query, titles};

const TWINS: &str = "create table a (id int primary key, name text); \
    create table b (id int primary key, name text); \
    insert into a select i, 'a ' || i from generate_series(1, 300) i; \
    insert into b select i, 'b ' || i from generate_series(1, 300) i";

#[tokio::test(flavor = "multi_thread")]
async fn no_question_leaves_a_statement_on_the_servers_connection() {
    let database = TestDatabase::of(SHOP).await;
    let postgres = database.postgres();
    // Types of the database's own are asked about, too.
    database
        .run("create type weather as enum ('calm'); create table m (id int primary key, m weather)")
        .await;
    database.run("insert into m values (1, 'calm')").await;
    let moods = postgres.rows(query("select id, m, 'x'::text as t from m", &["id"], &["t", "m"]));
    assert_eq!(all(&moods.expect("rows")).await.len(), 1);
    let products = postgres.rows(entity("products", &["name"])).expect("rows").by_pages_of(5);
    assert_eq!(all(&products).await.len(), 12);
    assert!(!postgres.tables().await.expect("tables").is_empty());
    let left = "select name, statement from pg_catalog.pg_prepared_statements";
    let left = Entity { title: "statement".to_owned(), ..query(left, &["name"], &["statement"]) };
    let left = all(&postgres.rows(left).expect("rows")).await;
    assert_eq!(titles(&left), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_pooler_every_table_gives_its_own_rows() {
    let database = TestDatabase::of(TWINS).await;
    let Some(pooler) = Pooler::before(&database).await else {
        // `no_question_leaves_a_statement_on_the_servers_connection` needs none.
        return;
    };
    let walk = |table: &'static str| {
        let postgres = connected(&pooler.url(&database));
        tokio::spawn(async move {
            let rows = postgres.rows(entity(table, &["name"])).expect("rows").by_pages_of(7);
            titles(&all(&rows).await)
        })
    };
    for _ in 0..3 {
        for (walked, table) in [(walk("a"), "a"), (walk("b"), "b")] {
            let expected: Vec<_> = (1..=300).map(|id| format!("{table} {id}")).collect();
            assert_eq!(walked.await.expect("walked"), expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_of_the_address_hold_without_being_sent_at_the_start() {
    let database = TestDatabase::of(
        "create schema east; create schema west; \
         create table east.t (id int primary key, name text); insert into east.t values (1, 'e'); \
         create table west.t (id int primary key, name text); insert into west.t values (1, 'w')",
    )
    .await;
    let pooler = Pooler::before(&database).await;
    let direct = format!("postgres://postgres@127.0.0.1:{}/{}", database.port(), database.name());
    let ways = [Some(direct), pooler.as_ref().map(|it| it.url(&database))];
    for url in ways.into_iter().flatten() {
        for schema in ["east", "west"] {
            let postgres = connected(&format!("{url}?options=-c%20search_path%3D{schema}"));
            let rows = postgres.rows(entity("t", &["name"])).expect("rows");
            assert_eq!(titles(&all(&rows).await), [&schema[..1]], "{url}");
        }
        let strange = connected(&format!("{url}?options=-c%20port%3D1"));
        let error = strange.tables().await.expect_err("no setting of a transaction");
        assert_eq!(error.code(), "bad_setting", "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_is_read_where_one_is_asked_for() {
    let database = TestDatabase::of("create table t (id int primary key, name text)").await;
    database.run("insert into t values (1, 'one')").await;
    let standby = Standby::of(&database).await;
    let port = |url: String| async move {
        let who = "select inet_server_port() as port, 'x'::text as name";
        let rows = connected(&url).rows(query(who, &["port"], &["name"])).expect("rows");
        let listed = all(&rows).await;
        keys(&listed).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let (primary, name) = (database.port(), database.name());
    let both =
        format!("postgres://postgres@127.0.0.1:{primary},127.0.0.1:{}/{name}", standby.port());
    let alone = format!("postgres://postgres@127.0.0.1:{primary}/{name}");
    for wanted in ["standby", "prefer-standby", "read-only"] {
        let url = format!("{both}?target_session_attrs={wanted}");
        assert_eq!(port(url).await, [standby.port().to_string()], "{wanted}");
    }
    assert_eq!(port(both.clone()).await, [primary.to_string()]);
    let preferred = format!("{alone}?target_session_attrs=prefer-standby");
    assert_eq!(port(preferred).await, [primary.to_string()]);
    let error = connected(&format!("{alone}?target_session_attrs=standby")).tables().await;
    let error = error.expect_err("it is the primary");
    assert!(error.is_transient() && error.to_string().contains("standby"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_too_long_never_leave_the_server_and_wide_ones_come_in_short_pages() {
    let database = TestDatabase::of(
        "create table t (id int primary key, name text, body text, tags text[]); \
         insert into t select i, 'row ' || i, repeat('x', case when i % 5 = 0 then 9000000 \
             when i % 2 = 0 then 600000 else 10 end), array['a', null] \
         from generate_series(1, 20) i",
    )
    .await;
    let rows = database.postgres().rows(entity("t", &["name", "body", "tags"])).expect("rows");
    let pinned = crate::row_walk::pinned(&rows).await;
    let mut listing = pinned.list();
    let (mut pages, mut seen) = (0, Vec::new());
    loop {
        let page = listing.next().await.expect("a page");
        if page.is_empty() {
            break;
        }
        let bytes: usize = page.iter().map(crate::row_walk::bytes).sum();
        assert!(bytes < 2 * 1024 * 1024, "{bytes} bytes in a page");
        (pages, seen) = (pages + 1, [seen, page].concat());
    }
    assert!(pages > 2, "{pages}");
    assert_eq!(keys(&seen), (1..=20).map(|id| id.to_string()).collect::<Vec<_>>());
    let skipped = |one: &driftless::source::Listed| crate::row_walk::bytes(one) == 0;
    let skipped: Vec<_> = seen.iter().filter(|one| skipped(one)).cloned().collect();
    assert_eq!(keys(&skipped), ["5", "10", "15", "20"]);
}
