//! Databases and their entities in `driftless.yaml`: asked for by name, discovered, imported,
//! and described by a schema.

use std::fs;

use serde_json::json;

use super::Desk;

const SHOP: &str = "
    create table products (id integer primary key, name text not null, description text,
        category text, price decimal(10, 2), password text, updated_at timestamp);
    insert into products values (1, 'Rope', 'Of hemp.', 'boats', 9.5, 'x', null),
        (2, 'Oar', 'Of ash.', 'boats', 20, 'x', null);
    create table readings (id integer primary key, value real);
    create view cheap as select id, name from products where price < 10;
";

const CONFIGURATION: &str = "
sources:
  shop: {kind: sqlite, path: shop.db}
  pages: {kind: directory, path: pages}
entities:
  article: {source: shop, table: products, title: name, content: [description],
    metadata: [category]}
";

/// A desk with a database.
fn desk() -> Desk {
    let desk = Desk::new();
    let database = rusqlite::Connection::open(desk.path("shop.db")).expect("a database");
    database.execute_batch(SHOP).expect("tables");
    desk
}

fn configured() -> Desk {
    let desk = desk();
    fs::write(desk.path("driftless.yaml"), CONFIGURATION).expect("a file");
    desk
}

#[test]
fn tables_are_shown_with_what_they_could_be_or_what_keeps_them_from_it() {
    let desk = desk();
    let (answer, code) = desk.json(&["discover", "shop.db"]);
    assert_eq!((code, &answer["kind"], &answer["source"]), (0, &"sqlite".into(), &"shop".into()));
    let tables = answer["tables"].as_array().expect("tables");
    let names: Vec<_> = tables.iter().map(|table| table["name"].clone()).collect();
    assert_eq!(json!(names), json!(["cheap", "products", "readings"]));
    let obstacle = |at: usize| tables[at]["suggestion"]["obstacles"][0].as_str().expect("a text");
    assert!(obstacle(0).contains("a view has no unique key"), "{}", obstacle(0));
    assert!(obstacle(2).contains("to hold text"), "{}", obstacle(2));
    assert_eq!((&tables[1]["rows"], &tables[1]["declared_as"]), (&json!(2), &json!(null)));
    let entity = &tables[1]["suggestion"]["entity"];
    assert_eq!((&entity["name"], &entity["title"]), (&json!("product"), &json!("name")));
    let shown = desk.run(&["discover", "shop.db"]).out;
    for part in ["could be product", "a view has no", "driftless discover shop.db --yaml"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn what_is_suggested_is_a_configuration() {
    let desk = desk();
    let yaml = desk.run(&["discover", "shop.db", "--yaml"]).out;
    assert!(
        !yaml.contains("content: [description, password]") && yaml.contains("must not be found")
    );
    fs::write(desk.path("driftless.yaml"), yaml).expect("a file");
    let (answer, _) = desk.json(&["discover", "shop"]);
    assert_eq!(answer["tables"][1]["declared_as"], "product");
}

#[test]
fn what_is_declared_is_not_suggested_again_unless_it_is_asked_for() {
    let desk = configured();
    let all = desk.run(&["discover", "shop", "--yaml"]).out;
    assert!(all.contains("# products: declared as article"), "{all}");
    assert!(all.starts_with("entities: {}") && !all.contains("sources:"), "{all}");
    let one = desk.run(&["discover", "shop", "products", "--yaml"]).out;
    assert!(one.contains("  product:\n    source: shop\n    table: products\n"), "{one}");
    let shown = desk.run(&["discover", "shop", "products"]).out;
    for part in ["article", "decimal(10, 2)", "version: updated_at", "may be empty"] {
        assert!(shown.to_lowercase().contains(part), "{shown}");
    }
}

#[test]
fn what_is_no_database_is_refused_with_what_there_is() {
    let desk = configured();
    for (arguments, message, remedy) in [
        (&["discover", "shap"][..], "shap is neither", "are: shop"),
        (&["discover", "pages"], "pages has files", "name a database"),
        (&["discover", "shop", "product"], "no table or view product", "products"),
    ] {
        let (answer, code) = desk.json(arguments);
        let said = |part: &str| answer["error"][part].as_str().expect("a text").to_owned();
        assert_eq!(code, 3, "{arguments:?}: {answer:#}");
        assert!(said("message").contains(message), "{answer:#}");
        assert!(said("remedy").contains(remedy), "{answer:#}");
    }
    let (answer, code) = desk.json(&["discover", "driftless.yaml"]);
    let message = answer["error"]["message"].as_str().expect("a text");
    assert!(code == 2 && message.contains("not an SQLite database"), "{answer:#}");
}

#[test]
fn a_database_means_all_its_entities_and_all_means_every_source() {
    let desk = configured();
    let (answer, code) = desk.json(&["sync", "shop"]);
    assert_eq!((code, &answer["syncs"][0]["source"]), (0, &"article".into()), "{answer:#}");
    desk.pages(0..1);
    let (answer, code) = desk.json(&["sync", "--all"]);
    let syncs = answer["syncs"].as_array().expect("a list");
    let named = syncs.iter().filter(|sync| sync["source"] == "article").count();
    assert_eq!((code, syncs.len(), named), (0, 2, 1), "{answer:#}");
    let (answer, _) = desk.json(&["sync", "nothing"]);
    let remedy = answer["error"]["remedy"].as_str().expect("a text");
    assert!(remedy.contains("article") && remedy.contains("pages"), "{remedy}");
    let ran = desk.run(&["sync", "article", "pages", "--keys", "1"]);
    assert!(ran.code == 2 && ran.err.contains("--keys is about one source"), "{}", ran.err);
}

#[test]
fn a_row_is_found_by_its_words_and_by_what_is_declared_of_it() {
    let desk = configured();
    desk.json(&["sync", "shop"]);
    let keys = |arguments: &[&str]| {
        let (answer, code) = desk.json(&[&["search"], arguments].concat());
        let hits = answer["hits"].as_array().expect("hits").clone();
        assert_eq!(code, i32::from(hits.is_empty()), "{answer:#}");
        hits.into_iter().map(|hit| hit["key"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys(&["hemp"]), ["1"]);
    assert_eq!(keys(&["of", "--where", "category=boats", "--type", "article"]).len(), 2);
    assert!(keys(&["of", "--where", "category=lamps"]).is_empty());
    assert_eq!(keys(&["hemp OR oar", "--syntax", "fts"]).len(), 2);
    assert!(desk.run(&["search", "hemp"]).out.contains("category=boats"));
    let (answer, code) = desk.json(&["search", "hemp", "--type", "artikle"]);
    assert_eq!((code, &answer["error"]["code"]), (3, &"unknown_name".into()), "{answer:#}");
    let (answer, code) = desk.json(&["search", "\"hemp", "--syntax", "fts"]);
    assert_eq!((code, &answer["error"]["code"]), (3, &"bad_query".into()), "{answer:#}");
}

#[test]
fn keys_that_are_asked_for_and_not_there_are_told_one_by_one() {
    let desk = configured();
    let (answer, code) = desk.json(&["sync", "article", "--keys", "1", "99", "a,b"]);
    assert_eq!((code, &answer["unknown_keys"]), (1, &json!(["99", "a,b"])), "{answer:#}");
    assert_eq!(answer["counters"]["written"], 1);
    let (answer, code) = desk.json(&["sync", "article"]);
    assert_eq!((code, &answer["counters"]["deleted"]), (0, &json!(0)), "{answer:#}");
    let ran = desk.run(&["sync", "pages", "--where", "1"]);
    assert!(ran.code == 2 && ran.err.contains("--where is about rows"), "{}", ran.err);
}

#[test]
fn a_condition_that_makes_no_sense_is_told_as_what_it_is() {
    let desk = configured();
    let (answer, code) = desk.json(&["sync", "article", "--where", "nonsense > 1"]);
    assert_eq!((code, &answer["error"]["code"]), (3, &"bad_setting".into()), "{answer:#}");
    let message = answer["error"]["message"].as_str().expect("a text");
    assert!(message.ends_with("no such column: nonsense"), "{message}");
}

#[test]
fn a_connection_string_is_not_repeated() {
    let desk = configured();
    for word in [
        "postgres://reader:s3cret@127.0.0.1:1/shop",
        "host=127.0.0.1 port=1 password=s3cret",
        "Postgres://reader:s3cret@127.0.0.1:1/shop",
    ] {
        for verb in ["sync", "discover"] {
            let ran = desk.run(&[verb, word]);
            assert_ne!(ran.code, 0);
            assert!(!ran.err.contains("s3cret") && !ran.out.contains("s3cret"), "{}", ran.err);
        }
    }
}

#[test]
fn a_part_of_the_rows_is_not_watched() {
    let desk = configured();
    for part in [["--where", "id = 1"], ["--keys", "1"]] {
        let ran = desk.run(&["sync", "article", "--watch", "1s", part[0], part[1]]);
        assert!(ran.code == 2 && ran.err.contains("--watch is about all"), "{}", ran.err);
    }
}

#[test]
fn flags_about_files_are_refused_for_an_entity() {
    let desk = configured();
    for flag in [["--include", "*.md"], ["--exclude", "*.md"]] {
        let ran = desk.run(&["sync", "article", flag[0], flag[1]]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(&format!("{} is about files", flag[0])), "{}", ran.err);
    }
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_place() {
    let desk = desk();
    let wrong = CONFIGURATION.replace("source: shop", "source: ship");
    fs::write(desk.path("driftless.yaml"), wrong).expect("a file");
    let ran = desk.run(&["sync", "article"]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("entities.article.source") && ran.err.contains("line 6"),
        "{}",
        ran.err
    );
    // What helps to write a file is there while it is wrong.
    assert_eq!(desk.run(&["schema"]).code, 0);
}

#[test]
fn the_schema_is_json_and_knows_what_the_file_knows() {
    let (schema, code) = Desk::new().json(&["schema"]);
    assert_eq!((code, &schema["title"]), (0, &"driftless.yaml".into()));
    for part in ["sources", "entities", "store"] {
        assert!(schema["properties"][part].is_object(), "{schema:#}");
    }
}

const FOREIGN: &str = "
ai-entities:
  product:
    features: [search]
    searchable-fields: [{name: name, weight: 2.0}, {name: fullText, include-in-rag: true}]
    metadata-fields: [{name: price, type: NUMERIC}]
  draft: {indexable: false}
";

#[test]
fn another_products_file_is_imported_with_all_that_was_not_used() {
    let desk = desk();
    fs::write(desk.path("ai.yml"), FOREIGN).expect("a file");
    let ran = desk.run(&["import-config", "ai.yml", "--source", "shop"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "ai-entities.product.features",
        "ai-entities.product.searchable-fields.fullText.include-in-rag",
        "ai-entities.draft is left out",
        "entities.product.table",
    ] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    fs::write(desk.path("driftless.yaml"), &ran.out).expect("a file");
    let (answer, code) = desk.json(&["discover", "shop"]);
    assert_eq!((code, &answer["source"]), (0, &"shop".into()));
    let (answer, _) = desk.json(&["import-config", "ai.yml"]);
    assert_eq!(answer["entities"], json!(["product"]));
    assert_eq!(desk.run(&["import-config", "shop.db"]).code, 3);
    assert_eq!(desk.run(&["import-config", "none.yml"]).code, 3);
}
