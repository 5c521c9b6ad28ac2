//! Each type has one canonical form.

use driftless::row::Kind;

use crate::postgres::{SHOP, TestDatabase};
use crate::row_walk::{all, entity, values};

const COLUMNS: [&str; 28] = [
    "label",
    "a_smallint",
    "a_bigint",
    "a_real",
    "a_double",
    "a_numeric",
    "a_boolean",
    "a_text",
    "a_varchar",
    "a_char",
    "a_mood",
    "some_bytes",
    "a_date",
    "a_time",
    "a_zoned_time",
    "a_timestamp",
    "a_zoned_timestamp",
    "an_interval",
    "a_uuid",
    "a_json",
    "a_jsonb",
    "some_integers",
    "some_texts",
    "a_range",
    "an_address",
    "a_berth",
    "a_depth",
    "a_point",
];

const USUAL: [(Kind, &str); 28] = [
    (Kind::Text, "usual"),
    (Kind::Integer, "-42"),
    (Kind::Integer, "9223372036854775807"),
    (Kind::Float, "0.1"),
    (Kind::Float, "1e300"),
    (Kind::Decimal, "12.50"),
    (Kind::Boolean, "true"),
    (Kind::Text, "Tide turns at noon."),
    (Kind::Text, "heaving line"),
    (Kind::Text, "bow"),
    (Kind::Text, "choppy"),
    (Kind::Bytes, "\\x00ff"),
    (Kind::Date, "2024-02-29"),
    (Kind::Time, "12:30:00.5"),
    (Kind::Time, "12:30:00+02"),
    (Kind::Timestamp, "2024-02-29T12:30:00.5"),
    (Kind::Timestamp, "2024-02-29T10:30:00.5Z"),
    (Kind::Text, "P1Y2M3DT4H5M6S"),
    (Kind::Uuid, "f3a1c2d4-0e5b-4d6f-9a7b-8c9d0e1f2a33"),
    (Kind::Json, "{\"b\": 1,  \"a\": [2]}"),
    (Kind::Json, "{\"a\": [2], \"b\": 1}"),
    (Kind::Json, "[3,1,null]"),
    (Kind::Json, "[\"a b\",\"c,\\\"d\\\"\"]"),
    (Kind::Text, "[1,5)"),
    (Kind::Text, "192.0.2.7/32"),
    (Kind::Text, "(north,7)"),
    (Kind::Decimal, "3.50"),
    (Kind::Text, "(1,2)"),
];

const EDGES: [(Kind, &str); 28] = [
    (Kind::Text, "edges"),
    (Kind::Integer, "32767"),
    (Kind::Integer, "-9223372036854775808"),
    (Kind::Float, "Infinity"),
    (Kind::Float, "-Infinity"),
    (Kind::Decimal, "NaN"),
    (Kind::Boolean, "false"),
    (Kind::Text, ""),
    (Kind::Text, ""),
    (Kind::Text, ""),
    (Kind::Text, "calm"),
    (Kind::Bytes, "\\x"),
    (Kind::Date, "0044-03-15 BC"),
    (Kind::Time, "24:00:00"),
    (Kind::Time, "00:00:00-12:30"),
    (Kind::Timestamp, "infinity"),
    (Kind::Timestamp, "-infinity"),
    (Kind::Text, "P-3D"),
    (Kind::Uuid, "00000000-0000-0000-0000-000000000000"),
    (Kind::Json, "null"),
    (Kind::Json, "\"text\""),
    (Kind::Json, "[]"),
    (Kind::Json, "[]"),
    (Kind::Text, "empty"),
    (Kind::Text, "2001:db8::1/128"),
    (Kind::Text, "(,)"),
    (Kind::Decimal, "0.00"),
    (Kind::Text, "(-1.5,0)"),
];

/// A value as the tables above write it.
fn written((kind, form): &(Kind, Vec<u8>)) -> (Kind, String) {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match kind {
        Kind::Bytes => (*kind, format!("\\x{}", hex(form))),
        _ => (*kind, String::from_utf8(form.clone()).expect("text")),
    }
}

fn all_written(values: &[(Kind, Vec<u8>)]) -> Vec<(Kind, String)> {
    values.iter().map(written).collect()
}

fn owned(values: &[(Kind, &str)]) -> Vec<(Kind, String)> {
    values.iter().map(|(kind, form)| (*kind, (*form).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_has_its_canonical_form() {
    let database = TestDatabase::of(SHOP).await;
    let rows = database.postgres().rows(entity("everything", &COLUMNS)).expect("rows");
    let listed = all(&rows).await;
    assert_eq!(listed.len(), 4);
    assert_eq!(all_written(&values(&listed[0])), owned(&USUAL));
    assert_eq!(all_written(&values(&listed[1])), owned(&EDGES));
    let numbers = all_written(&values(&listed[2]));
    for (at, kind, form) in [
        (3, Kind::Float, "16777216.0"),
        (4, Kind::Float, "NaN"),
        (5, Kind::Decimal, "-0.000100"),
        (6, Kind::Null, ""),
        (7, Kind::Text, "ends with a line\n"),
        (15, Kind::Timestamp, "12024-01-01T00:00:00"),
        (16, Kind::Timestamp, "0044-03-15 12:00:00+00 BC"),
        (21, Kind::Json, "[[1,2],[3,4]]"),
    ] {
        assert_eq!(numbers[at], (kind, form.to_owned()), "{}", COLUMNS[at]);
    }
    let nothing = values(&listed[3]);
    assert!(nothing[1..].iter().all(|value| *value == (Kind::Null, Vec::new())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_writes_otherwise_by_default_changes_no_form() {
    let database = TestDatabase::of(SHOP).await;
    let name: String = database
        .owner
        .query_one("select current_database()::text", &[])
        .await
        .expect("a name")
        .get(0);
    for setting in [
        "timezone = 'Asia/Kathmandu'",
        "datestyle = 'German'",
        "intervalstyle = 'sql_standard'",
        "extra_float_digits = -3",
        "bytea_output = 'escape'",
    ] {
        database.run(&format!("alter database {name} set {setting}")).await;
    }
    let rows = database.postgres().rows(entity("everything", &COLUMNS)).expect("rows");
    let listed = all(&rows).await;
    assert_eq!(all_written(&values(&listed[0])), owned(&USUAL));
    assert_eq!(all_written(&values(&listed[1])), owned(&EDGES));
}
