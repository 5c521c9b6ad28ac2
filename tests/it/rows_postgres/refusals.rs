//! What makes no sense is refused, with what there is instead.

use driftless::entity::Entity;
use driftless::source::SourceError;
use driftless::source::rows::Restriction;

use crate::postgres::{SHOP, TestDatabase, connected};
use crate::row_walk::{all, entity, pinned, query, refusal};

async fn told(database: &TestDatabase, entity: Entity) -> String {
    let rows = database.postgres().rows(entity).expect("rows");
    let error = refusal(&rows).await;
    assert!(matches!(error, SourceError::Settings { .. }), "{error:?}");
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_told_with_what_does() {
    let database = TestDatabase::of(SHOP).await;
    let lacks = told(&database, entity("Products", &["name"])).await;
    assert!(lacks.contains("public.order_lines, public.orders, public.products"), "{lacks}");
    let lacks = told(&database, entity("products", &["colour"])).await;
    assert!(lacks.contains("no column colour; there are: id, sku, name"), "{lacks}");
    let mut by_name = entity("products", &["name"]);
    by_name.key = vec!["name".to_owned()];
    let lacks = told(&database, by_name).await;
    assert!(lacks.contains("its unique keys: [id], [sku]"), "{lacks}");
    let lacks = told(&database, query("select 1 as one", &["two"], &["one"])).await;
    assert!(lacks.contains("the query has no column two; there are: one"), "{lacks}");
    let unfit = told(&database, query("select '{}'::json as j", &["j"], &["j"])).await;
    assert!(unfit.contains("j is json, which has no order to rely on"), "{unfit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_a_key_is_refused() {
    let database = TestDatabase::of(SHOP).await;
    let refused = told(&database, entity("visits", &["page"])).await;
    assert!(refused.contains("public.visits has no unique key"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_somebody_s_sql_is_told_in_the_server_s_words() {
    let database = TestDatabase::of(SHOP).await;
    for (filter, words) in [
        ("colour = 'red'", "column \"colour\" does not exist"),
        ("price >", "syntax error"),
        ("price / 0 > 1", "division by zero"),
        ("name = $1", "no parameters of its own"),
        ("true); drop table products; select (1", "syntax error"),
        ("true) or (true", "syntax error"),
    ] {
        let mut product = entity("products", &["name"]);
        product.filter = Some(filter.to_owned());
        let told = told(&database, product).await;
        assert!(told.contains(words) && told.contains("entities.thing"), "{told}");
    }
    let told = told(&database, query("selec 1", &["a"], &["a"])).await;
    assert!(told.contains("syntax error"), "{told}");
    let mut product = entity("products", &["name"]);
    product.version = Some("updated_at".to_owned());
    let rows = database.postgres().rows(product).expect("rows");
    let since = Some("last week".to_owned());
    let error = refusal(&rows.restricted(Restriction { since, ..Restriction::default() })).await;
    assert!(error.to_string().contains("invalid input syntax"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_fails_on_a_row_does_not_make_it_vanish() {
    let database = TestDatabase::of(SHOP).await;
    let mut product = entity("products", &["name"]);
    product.filter = Some("100 / price > 0".to_owned());
    let rows = database.postgres().rows(product).expect("rows");
    let (pinned, listed) = (pinned(&rows).await, all(&rows).await);
    database.run("update products set price = 0 where id = 103").await;
    let error = pinned.has(&listed[2].key).await.expect_err("nothing is known of it");
    assert!(error.to_string().contains("division by zero"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_no_key_is_the_key_of_no_row() {
    let database = TestDatabase::of(SHOP).await;
    for (table, key) in [
        ("products", "rope"),
        ("products", "99999999999999999999999"),
        ("products", "\"\\u0000\""),
        ("moorings", "Old quay"),
        ("orders", "1,2"),
        ("seals", "x'00fe'"),
    ] {
        let title = if table == "seals" { "owner" } else { "id" };
        let rows = database.postgres().rows(entity(table, &[title])).expect("rows");
        let found = pinned(&rows).await.has(&driftless::item::ItemKey::new(key)).await;
        assert_eq!(found, Ok(false), "{table} {key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ever_written_whatever_a_condition_calls() {
    let database = TestDatabase::of(SHOP).await;
    database
        .run(
            "create table written (at timestamptz); \
             create function write_it() returns boolean language plpgsql as $$ \
             begin insert into written values (now()); return true; end $$; \
             create function unlock_and_write() returns boolean language plpgsql as $$ begin \
             perform set_config('transaction_read_only', 'off', true); \
             insert into written values (now()); return true; end $$",
        )
        .await;
    for filter in [
        "write_it()",
        "unlock_and_write()",
        "set_config('transaction_read_only', 'off', false) = 'off' and write_it()",
    ] {
        let mut product = entity("products", &["name"]);
        product.filter = Some(filter.to_owned());
        let rows = database.postgres().rows(product).expect("rows");
        let error = refusal(&rows).await;
        assert_eq!(error.code(), "bad_setting", "{error}");
    }
    let asked = "select 1 as id, current_setting('transaction_read_only') as read_only, \
         current_setting('application_name') as name";
    let asked = query(asked, &["id"], &["read_only", "name"]);
    let rows = database.postgres().rows(asked).expect("rows");
    let said = crate::row_walk::values(&all(&rows).await[0]);
    assert_eq!((said[0].1.as_slice(), said[1].1.as_slice()), (&b"on"[..], &b"driftless"[..]));
    let written = database.owner.query("select 1 from written", &[]).await.expect("rows");
    assert!(written.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_may_not_be_read_is_told_before_it_is_asked_for() {
    let database = TestDatabase::of(
        "create table person (id int primary key, name text, pay numeric); \
         insert into person values (1, 'Ann', 10)",
    )
    .await;
    let grant = "do $$ begin create role part_reader login; exception when duplicate_object then \
         null; end $$; grant select (id, name) on person to part_reader";
    database.run(grant).await;
    let postgres = connected(&database.url("part_reader", "127.0.0.1", "sslmode=disable"));
    let tables = postgres.tables().await.expect("tables");
    let columns = &tables.iter().find(|it| it.name == "public.person").expect("it").columns;
    let readable: Vec<_> = columns.iter().map(|it| it.is_readable).collect();
    assert_eq!(readable, [true, true, false]);
    let rows = postgres.rows(entity("person", &["name"])).expect("rows");
    assert_eq!(all(&rows).await.len(), 1);
    let error = refusal(&postgres.rows(entity("person", &["name", "pay"])).expect("rows")).await;
    assert!(matches!(&error, SourceError::Denied { .. }), "{error:?}");
    assert!(error.to_string().contains("pay"), "{error}");
    assert!(!error.remedy().expect("a remedy").contains("GITHUB"));
}
