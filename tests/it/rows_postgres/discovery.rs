//! What a database says of itself.

use driftless::row::Kind;
use driftless::source::rows::TableKind;

use crate::postgres::{SHOP, TestDatabase, connected};

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_told_with_their_columns_and_keys() {
    let database = TestDatabase::of(SHOP).await;
    database.run("analyze").await;
    let tables = database.postgres().tables().await.expect("tables");
    let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
    let expected = [
        "public.cheap_products",
        "public.customers",
        "public.everything",
        "public.moorings",
        "public.order_lines",
        "public.orders",
        "public.products",
        "public.reviews",
        "public.seals",
        "public.soundings",
        "public.visits",
    ];
    assert_eq!(names, expected);
    let table =
        |name: &str| tables.iter().find(|it| it.name == format!("public.{name}")).expect("a table");
    let keys = |name: &str| -> Vec<Vec<&str>> {
        let names = |key: &driftless::source::rows::TableKey| {
            key.columns.iter().map(|column| tables_name(&tables, &column.name)).collect()
        };
        table(name).keys.iter().map(names).collect()
    };
    assert_eq!(keys("products"), [["id"], ["sku"]]);
    assert_eq!(keys("order_lines"), [["order_id", "line"]]);
    assert_eq!(keys("visits"), Vec::<Vec<&str>>::new());
    assert!(table("products").keys[0].is_primary);
    assert_eq!(table("products").sql, r#""public"."products""#);
    assert_eq!((table("products").rows, table("cheap_products").rows), (Some(12), None));
    assert_eq!(table("cheap_products").kind, TableKind::View);
    let columns = &table("everything").columns;
    let unkeyable: Vec<_> =
        columns.iter().filter(|it| !it.is_keyable).map(|it| it.name.as_str()).collect();
    assert_eq!(unkeyable, ["a_json", "some_integers", "some_texts", "a_berth", "a_point"]);
    let price = table("products").columns.iter().find(|it| it.name == "price").expect("price");
    assert_eq!((price.type_name.as_str(), price.kind), ("numeric", Some(Kind::Decimal)));
    assert!(!price.is_nullable);
    let depth = columns.iter().find(|it| it.name == "a_depth").expect("a depth");
    assert_eq!(depth.type_name, "numeric");
}

/// The same name, from what lives longer.
fn tables_name<'a>(tables: &'a [driftless::source::rows::Table], name: &str) -> &'a str {
    let columns = tables.iter().flat_map(|table| &table.columns);
    columns.map(|column| column.name.as_str()).find(|it| *it == name).expect("a column")
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_always_have_a_value_come_first_and_unfit_indexes_are_none() {
    let database = TestDatabase::of(
        "create table things (a int, b int not null, c int not null, d text[] not null); \
         create unique index things_1 on things (a); \
         create unique index things_2 on things (b) where b > 0; \
         create unique index things_3 on things ((b + 1)); \
         create unique index things_4 on things (d); \
         create unique index things_5 on things (c) include (a); \
         create table \"Odd \"\"Name\"\".x\" (\"Key\" int primary key, \"order\" text); \
         create table parts (id int primary key) partition by range (id); \
         create table parts_1 partition of parts for values from (0) to (10)",
    )
    .await;
    let tables = database.postgres().tables().await.expect("tables");
    let named = |name: &str| tables.iter().find(|table| table.name == name).expect("a table");
    let keys: Vec<_> =
        named("public.things").keys.iter().map(|key| key.columns[0].name.as_str()).collect();
    assert_eq!(keys, ["c", "a"]);
    assert_eq!(named("public.Odd \"Name\".x").keys.len(), 1);
    assert_eq!(tables.len(), 3, "a partition is listed");
    let odd = crate::row_walk::entity("Odd \"Name\".x", &["order"]);
    let rows = database.postgres().rows(odd).expect("rows");
    assert!(crate::row_walk::all(&rows).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reader_may_not_read_is_told() {
    let database = TestDatabase::of(SHOP).await;
    database
        .run(
            "do $$ begin create role reader login; exception when duplicate_object then null; end \
             $$; grant select on products to reader; grant select (id, name) on customers to reader; \
             create schema closed; create table closed.things (id int primary key)",
        )
        .await;
    let reader = connected(&database.url("reader", "127.0.0.1", "sslmode=disable"));
    let tables = reader.tables().await.expect("tables");
    let denied = |name: &str| {
        let table = tables.iter().find(|table| table.name == name).expect("a table");
        table.denied.clone()
    };
    assert_eq!(denied("public.products"), None);
    assert_eq!(denied("public.customers"), None);
    assert_eq!(denied("public.orders").as_deref(), Some("reader may not select from it"));
    let closed = denied("closed.things");
    assert_eq!(closed.as_deref(), Some("reader may not use the schema closed"));
    let orders = reader.rows(crate::row_walk::entity("orders", &["note"])).expect("rows");
    assert_eq!(crate::row_walk::refusal(&orders).await.code(), "source_denied");
    let towns = reader.rows(crate::row_walk::entity("customers", &["town"])).expect("rows");
    let error = crate::row_walk::refusal(&towns).await;
    assert_eq!(error.code(), "source_denied");
    assert!(error.to_string().contains("town"), "{error}");
}
