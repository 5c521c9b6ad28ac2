//! Finding: whatever words a row has find it, whatever a person types is no error, and what
//! is damaged is told.

use driftless::config::SyncOptions;
use driftless::entity::{MetadataColumn, MetadataKind};
use driftless::source::directory::DirectorySettings;
use driftless::store::{Filter, Hit, SearchQuery, SearchSyntax, StoreError};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{Shop, product, rows};
use crate::repository::{class, directory};

/// Letters and digits that are such in every version of Unicode.
const LETTERS: &str = "[a-zA-Z0-9äÉßøñЖλ中の한]{1,7}";

/// What is a command to somebody.
const COMMANDS: [&str; 24] = [
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "NEAR(",
    "NEAR(a b, 2)",
    "*",
    "^",
    ":",
    "-",
    "+",
    "(",
    ")",
    "\"",
    "\"\"",
    "'",
    "''",
    "{",
    "}",
    "title:",
    ";",
    "--",
    "\u{0}",
    "\u{2}",
];

fn piece() -> impl Strategy<Value = String> {
    let command = select(COMMANDS.to_vec()).prop_map(str::to_owned);
    let space = select(vec![" ", "\n", "\t", "\u{a0}", "\u{3000}", "-", "_", "."]);
    prop_oneof![
        5 => LETTERS,
        2 => command,
        2 => space.prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn text() -> impl Strategy<Value = String> {
    vec(piece(), 0..14).prop_map(|pieces| pieces.concat())
}

/// What a person would type of a text: pieces without space in which there is a word.
fn typed(text: &str) -> Vec<&str> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "äÉßøñЖλ中の한".contains(c);
    let pieces = text.split(|c: char| c.is_whitespace() || c == '\0');
    pieces.filter(|piece| piece.contains(is_letter)).collect()
}

fn all(text: &str) -> SearchQuery {
    SearchQuery { limit: 10_000, ..SearchQuery::words(text) }
}

fn keys(hits: Vec<Hit>) -> Vec<String> {
    hits.into_iter().map(|hit| hit.key).collect()
}

async fn find_all(texts: &[(String, String)]) {
    let shop = Shop::of(0);
    let database = shop.database();
    for (at, (name, description)) in texts.iter().enumerate() {
        let insert = "insert into product (id, name, description) values (?1, ?2, ?3)";
        database.execute(insert, (at as i64, name, description)).expect("a row");
    }
    let report = shop.sync().await;
    assert_eq!(report.counters.written, texts.len() as u64);
    let reader = shop.reader();
    for (at, (name, description)) in texts.iter().enumerate() {
        for text in [name, description] {
            for word in typed(text) {
                let found = keys(reader.search(&all(word)).expect("words are no syntax"));
                assert!(found.contains(&at.to_string()), "{word:?} does not find {text:?}");
            }
            match reader.search(&all(text)) {
                Ok(hits) if !typed(text).is_empty() => {
                    assert!(keys(hits).contains(&at.to_string()), "{text:?} does not find itself");
                }
                Ok(_) | Err(StoreError::BadQuery(_)) => {}
                Err(error) => panic!("{text:?}: {error}"),
            }
            let query = SearchQuery { syntax: SearchSyntax::Fts, ..all(text) };
            let answer = reader.search(&query);
            assert!(matches!(answer, Ok(_) | Err(StoreError::BadQuery(_))), "{text:?}: {answer:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn a_term_of_any_indexed_row_finds_that_row(texts in vec((text(), text()), 1..12)) {
        tokio::runtime::Runtime::new().expect("a runtime").block_on(find_all(&texts));
    }
}

/// Products with every kind of metadata.
async fn shop_of_kinds() -> Shop {
    let shop = Shop::of(0);
    shop.run(
        "alter table product add column count integer; alter table product add column gone;
        alter table product add column tags text;
        insert into product (id, name, price, category, count, gone, tags) values
            (1, 'rope', 12.5, 'true', 1, null, '[\"wet\", 7, true, null]'),
            (2, 'rope', 12, '12', 0, null, '[\"dry\"]'),
            (3, 'rope', -0.5, 'even', 9007199254740993, null, '[]'),
            (4, 'rope', 1e300, 'EVEN', 9007199254740992, 'x', '{\"a\": \"wet\"}'),
            (5, 'rope', null, null, null, '', 'null');",
    );
    let metadata = |column: &str, kind| MetadataColumn { column: column.to_owned(), kind };
    let mut entity = product();
    entity.metadata = vec![
        metadata("price", Some(MetadataKind::Number)),
        metadata("category", None),
        metadata("count", Some(MetadataKind::Integer)),
        metadata("gone", None),
        metadata("tags", Some(MetadataKind::Json)),
    ];
    let report = shop.sync_with(rows(&shop.path(), entity), SyncOptions::default()).await;
    assert_eq!(report.counters.written, 5);
    shop
}

fn equal(name: &str, value: &str) -> Vec<Filter> {
    Filter::parse(&format!("{name}={value}")).expect("a filter")
}

fn filtered(shop: &Shop, filters: &[(&str, &str)]) -> Vec<String> {
    let filters = filters.iter().flat_map(|(name, value)| equal(name, value)).collect();
    let mut found =
        keys(shop.reader().search(&SearchQuery { filters, ..all("rope") }).expect("hits"));
    found.sort();
    found
}

#[tokio::test]
async fn a_filter_is_met_by_an_equal_value_whatever_its_kind() {
    let shop = shop_of_kinds().await;
    let none: [&str; 0] = [];
    for (name, value, expected) in [
        ("price", "12.5", &["1"][..]),
        ("price", "12.50", &["1"]),
        ("price", "12", &["2"]),
        ("price", "12.0", &["2"]),
        ("price", "-0.5", &["3"]),
        ("price", "1e300", &["4"]),
        ("price", "null", &["5"]),
        ("price", "twelve", &none),
        ("count", "0", &["2"]),
        ("count", "9007199254740993", &["3"]),
        ("count", "9007199254740992", &["4"]),
        ("category", "even", &["3"]),
        ("category", "12", &["2"]),
        ("category", "12.0", &none),
        ("category", "true", &["1"]),
        ("category", "null", &["5"]),
        ("gone", "null", &["1", "2", "3"]),
        ("gone", "", &["5"]),
        ("tags", "wet", &["1"]),
        ("tags", "7", &["1"]),
        ("tags", "true", &["1"]),
        ("tags", "dry", &["2"]),
        ("tags", "[]", &none),
    ] {
        assert_eq!(filtered(&shop, &[(name, value)]), expected, "{name} = {value}");
    }
    assert_eq!(filtered(&shop, &[("count", "1"), ("tags", "wet")]), ["1"]);
    assert_eq!(filtered(&shop, &[("count", "1"), ("tags", "dry")]), none);
    for name in ["nothing", "tags[0]", "a\"b"] {
        let unknown = SearchQuery { filters: equal(name, "1"), ..all("rope") };
        let Err(StoreError::BadQuery(reason)) = shop.reader().search(&unknown) else {
            panic!("{name} is known");
        };
        assert!(reason.contains("price, ") || reason.contains(", price"), "{reason}");
    }
}

#[tokio::test]
async fn a_filter_compares_numbers_with_numbers_and_texts_with_texts() {
    let shop = shop_of_kinds().await;
    let met = |condition: &str| {
        let filters = Filter::parse(condition).expect(condition);
        let found = shop.reader().search(&SearchQuery { filters, ..all("rope") });
        let mut found = keys(found.expect("hits"));
        found.sort();
        found.join(" ")
    };
    for (condition, expected) in [
        ("price>=12", "1 2 4"),
        ("price>12", "1 4"),
        ("price<0", "3"),
        ("price<=12", "2 3"),
        ("price=12..13", "1 2"),
        ("price!=12", "1 3 4"),
        ("price!=null", "1 2 3 4"),
        ("price>=a", ""),
        ("category>=d", "1 3"),
    ] {
        assert_eq!(met(condition), expected, "{condition}");
    }
}

#[tokio::test]
async fn members_of_an_object_are_asked_for_by_name_and_are_not_its_values() {
    let shop = Shop::of(0);
    shop.run(
        "insert into product (id, name, category) values
         (1, 'rope', '{\"color\": \"blue\", \"n\": 1, \"in\": {\"x\": 5}}'), (2, 'rope', '[1, 2]')",
    );
    let mut entity = product();
    entity.metadata[1].kind = Some(MetadataKind::Json);
    shop.sync_with(rows(&shop.path(), entity), SyncOptions::default()).await;
    let none: [&str; 0] = [];
    assert_eq!(filtered(&shop, &[("category", "1")]), ["2"]);
    assert_eq!(filtered(&shop, &[("category.n", "1")]), ["1"]);
    assert_eq!(filtered(&shop, &[("category.in.x", "5")]), ["1"]);
    assert_eq!(filtered(&shop, &[("category.color", "blue")]), ["1"]);
    assert_eq!(filtered(&shop, &[("category.color", "null")]), ["2"]);
    assert_eq!(filtered(&shop, &[("category.color", "red")]), none);
}

#[tokio::test]
async fn a_boolean_is_found_by_its_word() {
    let shop = Shop::of(0);
    shop.run("insert into product (id, name, price) values (1, 'rope', 1), (2, 'rope', 0)");
    let mut entity = product();
    entity.metadata[0].kind = Some(MetadataKind::Boolean);
    // A real column holds its whole numbers as such.
    shop.run(
        "create view stock as select id, name, description, cast(price as integer) as price, \
              category, updated_at from product",
    );
    entity.relation = driftless::entity::Relation::Table("stock".to_owned());
    entity.key = vec!["id".to_owned()];
    shop.sync_with(rows(&shop.path(), entity), SyncOptions::default()).await;
    assert_eq!(filtered(&shop, &[("price", "true")]), ["1"]);
    assert_eq!(filtered(&shop, &[("price", "false")]), ["2"]);
    assert_eq!(filtered(&shop, &[("price", "1")]), Vec::<String>::new());
}

fn of_type(shop: &Shop, text: &str, document_type: &str) -> Vec<String> {
    let types = vec![document_type.to_owned()];
    keys(shop.reader().search(&SearchQuery { types, ..all(text) }).expect("hits"))
}

#[tokio::test]
async fn rows_pages_and_classes_are_found_each_as_what_it_is_and_not_once_they_are_gone() {
    let shop = Shop::of(3);
    shop.run("update product set name = 'Dam model' where id = 2");
    let pages = shop.path().with_file_name("pages");
    std::fs::create_dir(&pages).expect("a folder");
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/ontology-pages");
    for name in ["Dam.md", "Canal.md", "Lock.md"] {
        std::fs::copy(format!("{fixtures}/{name}"), pages.join(name)).expect("copied");
    }
    let files = || directory(DirectorySettings::new(&pages));
    shop.sync().await;
    shop.sync_with(files(), SyncOptions::default()).await;
    assert_eq!(of_type(&shop, "dam", "product"), ["2"]);
    assert!(of_type(&shop, "dam", "page").contains(&"Dam.md".to_owned()));
    let classes = of_type(&shop, "dam", "class");
    assert!(classes.iter().any(|class| class.ends_with("Dam")), "{classes:?}");
    let found = shop.reader().search(&all("dam")).expect("hits");
    let types: std::collections::BTreeSet<_> =
        found.iter().map(|hit| hit.document_type.as_str()).collect();
    assert_eq!(types.into_iter().collect::<Vec<_>>(), ["class", "page", "product"]);
    assert_eq!(of_type(&shop, "dam", "no such type"), Vec::<String>::new());
    std::fs::remove_file(pages.join("Dam.md")).expect("removed");
    shop.run("delete from product where id = 2");
    assert_eq!(shop.sync_with(files(), SyncOptions::default()).await.counters.deleted, 1);
    shop.sync().await;
    assert_eq!(of_type(&shop, "dam", "product"), Vec::<String>::new());
    assert!(!of_type(&shop, "dam", "page").contains(&"Dam.md".to_owned()));
    assert!(!of_type(&shop, "dam", "class").iter().any(|class| class.ends_with(":Dam")));
}

#[tokio::test]
async fn a_class_is_found_once_by_whatever_claims_it_and_a_stub_is_not_found() {
    let shop = Shop::of(0);
    let pages = shop.path().with_file_name("pages");
    std::fs::create_dir(&pages).expect("a folder");
    let page = |file: &str, label: &str| {
        let text = class("Dam", &["Barrage"]);
        let text = text.replace("preferred-term:: Dam", &format!("preferred-term:: {label}"));
        std::fs::write(pages.join(file), text).expect("a page");
    };
    page("a.md", "Firstclaim");
    page("b.md", "Secondclaim");
    let files = || directory(DirectorySettings::new(&pages));
    shop.sync_with(files(), SyncOptions::default()).await;
    assert_eq!(of_type(&shop, "firstclaim", "class").len(), 1);
    assert_eq!(of_type(&shop, "secondclaim", "class").len(), 1);
    assert_eq!(of_type(&shop, "barrage", "class"), Vec::<String>::new());
    assert_eq!(of_type(&shop, "barrage", "page").len(), 2);
    // The first one gone, the second is shown.
    std::fs::remove_file(pages.join("a.md")).expect("removed");
    shop.sync_with(files(), SyncOptions::default()).await;
    assert_eq!(of_type(&shop, "firstclaim", "class"), Vec::<String>::new());
    assert_eq!(of_type(&shop, "secondclaim", "class").len(), 1);
}

#[tokio::test]
async fn an_index_that_does_not_hold_the_words_of_the_texts_is_reported() {
    for damage in [
        "delete from search_data where id > 10",
        "update document set title = 'other words' where id = 3",
        "update document set text_1 = null where id = 3",
        "delete from search_docsize where id = 3",
        "insert into search (search, rowid, title) values ('delete', 3, 'rope3')",
    ] {
        let shop = Shop::of(20);
        shop.sync().await;
        shop.tables().execute_batch(damage).expect("damaged");
        let engine = shop.engine().await;
        let found = engine.violations().await.expect("an answer");
        engine.close().await;
        let is_told = found.iter().any(|line| line.starts_with("the index holds the words"));
        assert!(is_told, "{damage}: {found:?}");
    }
}

#[tokio::test]
async fn words_of_all_scripts_are_found_with_marks_or_without_and_by_parts_of_a_run() {
    let shop = Shop::of(0);
    let texts = [
        "भाषा",
        "Ελλάδα",
        "שָׁלוֹם",
        "مُحَمَّد",
        "Ёлка",
        "東京タワーに行きました",
        "ฉันรักประเทศไทย",
        "서울에서 김치를",
        "crème brûlée",
    ];
    for (id, text) in (1..).zip(texts) {
        let insert = "insert into product (id, name) values (?1, ?2)";
        shop.database().execute(insert, (id, text)).expect("a row");
    }
    shop.sync().await;
    for (asked, expected) in [
        ("भाषा", "1"),
        ("भीषे", ""),
        ("भा", ""),
        ("ελλαδα", "2"),
        ("ΕΛΛΆΔΑ", "2"),
        ("שלום", "3"),
        ("שָׁלוֹם", "3"),
        ("محمد", "4"),
        ("елка", "5"),
        ("東京", "6"),
        ("京タワ", "6"),
        ("京", "6"),
        ("た", "6"),
        ("東タ", ""),
        ("大阪", ""),
        ("ไทย", "7"),
        ("김치", "8"),
        ("서울", "8"),
        ("creme brulee", "9"),
        ("CRÈME", "9"),
    ] {
        let found = shop.reader().search(&all(asked)).expect("hits");
        assert_eq!(keys(found).join(" "), expected, "{asked}");
    }
    // It is shown as it was written, with what was looked for.
    let hit = shop.reader().search(&all("タワー")).expect("hits").remove(0);
    assert_eq!(hit.title.as_deref(), Some("東京タワーに行きました"));
    let shown: String = hit.snippet.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(shown, "東京タワーに行きました");
    let found: String =
        hit.snippet.iter().filter(|it| it.is_match).map(|it| it.text.as_str()).collect();
    assert_eq!(found, "タワー");
    // Words that go leave the index whole.
    shop.run(
        "delete from product where id in (1, 6); update product set name = '京都' where id = 8",
    );
    shop.sync().await;
    assert!(shop.reader().search(&all("東京")).expect("hits").is_empty());
    assert_eq!(keys(shop.reader().search(&all("京都")).expect("hits")), ["8"]);
}
