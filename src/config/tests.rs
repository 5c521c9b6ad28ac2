//! `driftless.yaml` as a whole: what is accepted, what is refused and where, and that its schema
//! says the same.

use std::fs;

use boon::{Compiler, Schemas};

use super::{BadFile, DatabaseSettings, File};
use crate::entity::{MetadataKind, Relation};

fn read(text: &str) -> Result<File, BadFile> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("driftless.yaml");
    fs::write(&path, text).expect("a file");
    let read = File::read(&path);
    drop(folder);
    read
}

/// A file with one database, and one entity of these lines.
fn product(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {}\n", line.trim())).collect();
    format!("sources:\n  shop: {{kind: sqlite, path: shop.db}}\nentities:\n  product:\n{lines}")
}

fn refused(text: &str) -> String {
    read(text).expect_err(text).reason
}

/// Whether the schema accepts a file.
fn is_valid(text: &str) -> bool {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("file:///driftless.json", File::schema()).expect("a schema");
    let schema = compiler.compile("file:///driftless.json", &mut schemas).expect("a schema");
    let value: serde_json::Value = serde_saphyr::from_str(text).expect("YAML");
    schemas.validate(&value, schema).is_ok()
}

const README: &str = include_str!("../../README.md");

/// A file that uses all there is.
const WHOLE: &str = "
store: ./driftless.db
sources:
  shop: {kind: sqlite, path: shop.db}
  notes: {kind: directory, path: notes, include: ['**/*.md'], max_item_bytes: 10}
entities:
  product:
    source: shop
    table: products
    key: [id, language]
    title: name
    content: [{name: name, weight: 3}, description, {name: notes}]
    embed: [description]
    metadata: [category, {name: price, type: number}]
    version: updated_at
    filter: deleted_at is null
  order:
    source: shop
    query: select id, label from orders
    key: id
    title: label
";

/// Files that are accepted.
fn good() -> Vec<String> {
    let minimal = "source: shop\ntable: products\ntitle: name";
    let more = [
        "key: id",
        "key: [id]",
        "version: null",
        "filter: 'price > 1'",
        "content: []",
        "content: [{name: a, weight: 0.5}]",
        "metadata: [{name: a, type: timestamp}, {name: b, type: null}]",
    ];
    let mut files: Vec<_> = more.map(|line| product(&format!("{minimal}\n{line}"))).into();
    files.extend([
        WHOLE.to_owned(),
        "{}".to_owned(),
        "sources: {a: {kind: sqlite, path: '${DRIFTLESS_NO_SUCH:a.db}'}}".to_owned(),
        product(minimal).replace("product:", "é-1.b_c:"),
    ]);
    let examples = README.split("```yaml\n").skip(1);
    files.extend(examples.filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())));
    files.retain(|text| cfg!(feature = "github") || !text.contains("kind: github"));
    files
}

/// Files that are refused by their shape, each with a word of the reason.
fn bad() -> Vec<(String, &'static str)> {
    let bad_product = [
        ("source: shop\ntable: t\ntitle: n\ncolour: red", "colour"),
        ("source: shop\ntable: t\nquery: select 1\nkey: a\ntitle: n", "not both"),
        ("source: shop\ntitle: n", "`table` or `query`"),
        ("source: shop\nquery: select 1\ntitle: n", "needs a `key`"),
        ("source: shop\nquery: select 1\nkey: null\ntitle: n", "needs a `key`"),
        ("table: t\ntitle: n", "source"),
        ("source: shop\ntable: t", "title"),
        ("source: shop\ntable: [t]\ntitle: n", "expected"),
        ("source: shop\ntable: t\ntitle: n\nkey: []", "no column"),
        ("source: shop\ntable: t\ntitle: n\nkey: {a: b}", "expected"),
        ("source: shop\ntable: t\ntitle: n\nkey: [a, a]", "twice"),
        ("source: shop\ntable: t\ntitle: n\nembed: [a, a]", "twice"),
        ("source: shop\ntable: t\ntitle: n\nembed: a", "expected"),
        ("source: shop\ntable: t\ntitle: n\ncontent: [a, a]", "twice"),
        ("source: shop\ntable: t\ntitle: n\ncontent: null", "expected"),
        ("source: shop\ntable: t\ntitle: n\ncontent: [5]", "a column's name"),
        ("source: shop\ntable: t\ntitle: n\ncontent: [{weight: 2}]", "name"),
        ("source: shop\ntable: t\ntitle: n\ncontent: [{nam: b}]", "nam"),
        ("source: shop\ntable: t\ntitle: n\ncontent: [{name: a, weight: 0}]", "above 0"),
        ("source: shop\ntable: t\ntitle: n\ncontent: [{name: a, weight: x}]", "floating"),
        ("source: shop\ntable: t\ntitle: n\nmetadata: [{name: a, type: red}]", "red"),
        ("source: shop\ntable: t\ntitle: n\nmetadata: [a, a]", "twice"),
    ];
    let mut files: Vec<_> =
        bad_product.into_iter().map(|(lines, word)| (product(lines), word)).collect();
    let of_files = [
        ("sauces: {}", "sauces"),
        ("store: [a]", "expected"),
        ("sources: {a: {kind: ftp, path: b}}", "ftp"),
        ("sources: {a: {path: b}}", "kind"),
        ("sources: {a: {kind: sqlite}}", "path"),
        ("sources: {a: {kind: sqlite, path: b, include: [c]}}", "include"),
        ("sources: {a: {kind: directory, path: b, colour: red}}", "colour"),
        ("sources: {a: {kind: directory, path: b, max_item_bytes: -1}}", "-1"),
        (
            "entities: {a b: {source: shop, table: t, title: n}}\nsources: {shop: {kind: sqlite, path: a}}",
            "letters",
        ),
    ];
    files.extend(of_files.map(|(text, word)| (text.to_owned(), word)));
    files
}

#[test]
fn the_schema_accepts_what_is_accepted() {
    for text in good() {
        read(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
        assert!(is_valid(&text), "{text}");
    }
}

#[test]
fn the_schema_refuses_what_is_refused() {
    for (text, word) in bad() {
        let reason = refused(&text);
        assert!(reason.contains(word), "{reason} in {text}");
        assert!(!is_valid(&text), "{text}");
    }
}

#[test]
fn a_mistake_in_an_entity_is_told_with_its_line_and_column() {
    let lines = "source: shop\ntable: t\ntitle: n\n";
    for (line, place) in [
        ("colour: red", "line 8, column 5"),
        ("content: [a, {nam: b}]", "line 8, column 19"),
        ("content: [a, 5]", "line 8, column 18"),
        ("content: [{name: a, weight: x}]", "line 8, column 33"),
        ("metadata: [{name: a, type: x}]", "line 8, column 32"),
        ("query: select 1", "line 5, column 5"),
    ] {
        let reason = refused(&product(&format!("{lines}{line}")));
        assert!(reason.contains(place), "{reason}");
    }
    let reason = refused(&product("source: ship\ntable: t\ntitle: n"));
    assert!(reason.contains("entities.product.source") && reason.contains("are: shop"), "{reason}");
    assert!(reason.contains("line 5, column 13"), "{reason}");
}

#[test]
fn mistakes_that_a_schema_cannot_see_are_refused_too() {
    let files =
        "sources: {a: {kind: directory, path: b}}\nentities: {p: {source: a, table: t, title: n}}";
    assert!(refused(files).contains("a has files"));
    let twice = product("source: shop\ntable: t\ntitle: n").replace("product:", "shop:");
    assert!(refused(&twice).contains("entities.shop: a source has this name too"));
    let weights = "content: [{name: a, weight: 1}, {name: b, weight: 2}, {name: c, weight: 3}, \
                   {name: d, weight: 4}, {name: e, weight: 5}]";
    let weights = product(&format!("source: shop\ntable: t\ntitle: n\n{weights}"));
    assert!(refused(&weights).contains("entities.product: content has 5 different weights"));
}

#[test]
fn an_entity_is_read_whole() {
    let file = read(WHOLE).expect("a file");
    assert_eq!(file.entities().collect::<Vec<_>>(), ["order", "product"]);
    assert_eq!(file.entities_of("shop").count(), 2);
    assert_eq!(file.entities_of("notes").count(), 0);
    let product = file.entity("product").expect("read").expect("an entity");
    let is_meant = matches!(&product.database, DatabaseSettings::Sqlite(it)
        if it.path.is_absolute() && it.path.ends_with("shop.db"));
    assert!(is_meant, "{:?}", product.database);
    assert_eq!(product.source, "shop");
    let entity = product.entity;
    assert_eq!(entity.relation, Relation::Table("products".to_owned()));
    assert_eq!(entity.key, ["id", "language"]);
    let content: Vec<_> = entity.content.iter().map(|it| (it.column.as_str(), it.weight)).collect();
    assert_eq!(content, [("name", 3.0), ("description", 1.0), ("notes", 1.0)]);
    let metadata: Vec<_> = entity.metadata.iter().map(|it| (it.column.as_str(), it.kind)).collect();
    assert_eq!(metadata, [("category", None), ("price", Some(MetadataKind::Number))]);
    assert_eq!(entity.version.as_deref(), Some("updated_at"));
    let order = file.entity("order").expect("read").expect("an entity").entity;
    assert_eq!((order.key.as_slice(), order.filter), (["id".to_owned()].as_slice(), None));
    assert!(file.entity("nothing").expect("read").is_none());
    assert!(file.source("shop").expect("read").is_none());
    assert!(file.database("notes").expect("read").is_none());
}

#[test]
fn variables_of_an_entity_are_put_in_when_it_is_asked_for() {
    let lines = "source: shop\ntable: '${DRIFTLESS_NO_SUCH:shop}.products'\ntitle: n\n";
    let file = read(&product(lines)).expect("a file");
    let entity = file.entity("product").expect("read").expect("an entity").entity;
    assert_eq!(entity.relation, Relation::Table("shop.products".to_owned()));
    let file = read(&product(&format!("{lines}filter: '${{DRIFTLESS_NO_SUCH}}'"))).expect("a file");
    let reason = file.entity("product").expect_err("refused").reason;
    assert!(reason.contains("entities.product: the environment"), "{reason}");
}
