//! Which entities the tables of a database could be: a declaration of each, ready to paste, or
//! what keeps it from being indexed.
//!
//! Pure: from what a database says of its tables. A suggestion is a beginning for a person who
//! knows what the columns mean; where nothing speaks for a guess, none is made.

use serde::Serialize;

use super::DatabaseSettings;
use super::declaration;
use crate::entity::{
    ContentColumn, Entity, MetadataColumn, MetadataKind, RESERVED, Relation, USUAL_WEIGHT,
};
use crate::row::Kind;
use crate::source::rows::{Column, Table, TableKey, TableKind};

/// Names of columns that name a row, the surest first, as [`plain`] gives them.
const TITLES: [&str; 8] =
    ["name", "title", "label", "subject", "headline", "displayname", "fullname", "summary"];

/// Names of columns that say when a row changed, the surest first.
const VERSIONS: [&str; 8] = [
    "updatedat",
    "modifiedat",
    "lastmodified",
    "lastmodifiedat",
    "lastupdated",
    "changedat",
    "updated",
    "modified",
];

/// Names of texts that are filtered by rather than searched.
const LABELS: [&str; 20] = [
    "brand", "category", "city", "code", "color", "colour", "country", "currency", "group", "kind",
    "lang", "language", "level", "locale", "priority", "role", "size", "state", "status", "type",
];

/// Words in names of columns that must not be found.
const SECRET_WORDS: [&str; 26] = [
    "pass",
    "passwd",
    "password",
    "passphrase",
    "passcode",
    "pwd",
    "pin",
    "secret",
    "secrets",
    "token",
    "tokens",
    "key",
    "salt",
    "hash",
    "hashed",
    "otp",
    "totp",
    "ssn",
    "cvv",
    "cvc",
    "card",
    "iban",
    "credential",
    "credentials",
    "signature",
    "nonce",
];

/// Parts of such names that no other word has: of names that are written without a gap.
const SECRET_PARTS: [&str; 12] = [
    "password",
    "passwd",
    "userpass",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "cardnumber",
    "creditcard",
    "sessiondata",
    "sessionkey",
    "resettoken",
];

/// Characters of a text that is more likely one of a few words than a sentence.
const LABEL_CHARS: u32 = 32;

/// What could be declared of a table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// The table.
    pub table: String,
    /// The entity that it could be; nothing if something keeps it from being indexed.
    pub entity: Option<Entity>,
    /// What keeps it from being indexed, a line each.
    pub obstacles: Vec<String>,
    /// What a person should know before relying on it, a line each.
    pub notes: Vec<String>,
}

/// What could be declared of the tables of one database.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Suggestions {
    /// In the order of the tables.
    pub all: Vec<Suggestion>,
}

impl Suggestions {
    /// One for each table. No entity has a name that is `taken` or that another one has.
    pub fn of(tables: &[Table], taken: &[&str]) -> Self {
        let taken = taken.iter().chain(&RESERVED);
        let mut taken: Vec<String> = taken.map(|name| (*name).to_owned()).collect();
        let mut suggest = |table| {
            let mut suggestion = Suggestion::of(table);
            if let Some(entity) = &mut suggestion.entity {
                entity.name = unused(&table.name, &taken);
                taken.push(entity.name.clone());
            }
            suggestion
        };
        Self { all: tables.iter().map(&mut suggest).collect() }
    }

    /// The lines of `driftless.yaml` that declare them; the database too, if it is given.
    pub fn yaml(&self, source: &str, database: Option<&DatabaseSettings>) -> String {
        let mut yaml = String::new();
        if let Some(database) = database {
            let place = match database {
                DatabaseSettings::Sqlite(it) => ("path", it.path.to_string_lossy()),
                #[cfg(feature = "postgres")]
                DatabaseSettings::Postgres(it) => ("url", it.url.as_str().into()),
            };
            yaml += "sources:\n";
            yaml += &declaration::database(source, database.kind(), (place.0, &place.1));
        }
        let is_empty = self.all.iter().all(|suggestion| suggestion.entity.is_none());
        yaml += if is_empty { "entities: {}\n" } else { "entities:\n" };
        for suggestion in &self.all {
            for line in suggestion.obstacles.iter().chain(&suggestion.notes) {
                yaml += &declaration::comment("  ", &format!("{}: {line}", suggestion.table));
            }
            if let Some(entity) = &suggestion.entity {
                yaml += &declaration::entity(source, entity);
            }
        }
        yaml
    }
}

impl Suggestion {
    fn of(table: &Table) -> Self {
        let mut obstacles = Vec::new();
        let mut notes = Vec::new();
        if let Some(reason) = &table.denied {
            obstacles.push(format!("its rows cannot be read: {reason}"));
        }
        let key = usable_key(table);
        if key.is_none() && table.denied.is_none() {
            obstacles.push(match table.kind {
                TableKind::View | TableKind::Query => {
                    "a view has no unique key that can be relied \
                    on; declare one: `key`, columns that no two rows share"
                        .to_owned()
                }
                TableKind::Table => {
                    "it has no unique key that can be relied on; give it a primary \
                    key, or declare a `query` of it with a `key`"
                        .to_owned()
                }
            });
        }
        let title = title(table);
        if title.is_none() && table.denied.is_none() {
            obstacles.push(
                "none of its columns is known to hold text; what of it is found only you can say"
                    .to_owned(),
            );
        }
        let entity = match (key, title) {
            (Some(key), Some(title)) if obstacles.is_empty() => {
                notes.extend(key.note.clone());
                Some(entity(table, key, title, &mut notes))
            }
            _ => None,
        };
        Self { table: table.name.clone(), entity, obstacles, notes }
    }
}

fn entity(table: &Table, key: &TableKey, title: &Column, notes: &mut Vec<String>) -> Entity {
    let mut entity = Entity::new("", Relation::Table(table.name.clone()), &title.name);
    // Nothing declared means the primary key, which is the first.
    if !key.is_primary || table.keys.first() != Some(key) {
        entity.key = key.columns.iter().map(|column| column.name.clone()).collect();
    }
    let named = |names: &[&str]| {
        let mut columns = names.iter().map(|name| {
            let is_named = |it: &&Column| plain(&it.name) == *name && it.is_readable;
            table.columns.iter().find(is_named)
        });
        columns.find_map(|column| column)
    };
    let version = named(&VERSIONS);
    let deleted = named(&["deletedat"]);
    entity.version = version.map(|column| column.name.clone());
    entity.filter = deleted.and_then(|column| not_deleted(column, notes));
    for column in &table.columns {
        let is_key = key.columns.iter().any(|part| part.name == column.name);
        let is_used = [Some(title), version, deleted].contains(&Some(column));
        if is_key || is_used {
            continue;
        }
        if !column.is_readable {
            notes.push(format!("{} is left out: it may not be read", column.name));
            continue;
        }
        if is_secret(column) {
            let name = &column.name;
            notes.push(format!("{name} is left out: by its name it must not be found"));
            continue;
        }
        let name = column.name.clone();
        match Shape::of(column) {
            Shape::Text if is_label(column) => {
                entity.metadata.push(MetadataColumn { column: name, kind: None });
            }
            Shape::Text => {
                entity.content.push(ContentColumn { column: name, weight: USUAL_WEIGHT })
            }
            Shape::Scalar(kind) if !is_reference(column) => {
                entity.metadata.push(MetadataColumn { column: name, kind });
            }
            Shape::Scalar(_) | Shape::Unsaid | Shape::Other => {}
        }
    }
    entity
}

/// A name as SQL has it: quoted only where that makes a difference.
fn identifier(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
    if name.chars().all(is_plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The first key whose columns have an order to rely on.
fn usable_key(table: &Table) -> Option<&TableKey> {
    let is_keyable = |name: &str| {
        let column = table.columns.iter().find(|column| column.name == name);
        // A rowid is no column.
        column.is_none_or(|column| column.is_keyable && column.is_readable)
    };
    table.keys.iter().find(|key| key.columns.iter().all(|part| is_keyable(&part.name)))
}

/// The column that names a row: by its name, else the first that is a text.
fn title(table: &Table) -> Option<&Column> {
    let is_text = |column: &&Column| Shape::of(column) == Shape::Text;
    // What has no type may hold a text.
    let may_be = |column: &&Column| matches!(Shape::of(column), Shape::Text | Shape::Unsaid);
    let columns = || table.columns.iter().filter(|it| it.is_readable && !is_secret(it));
    let by_name = TITLES
        .iter()
        .find_map(|name| columns().filter(may_be).find(|column| plain(&column.name) == *name));
    let by_ending = || {
        let ends =
            |column: &&Column| ["_name", "_title"].iter().any(|it| column.name.ends_with(it));
        columns().filter(is_text).find(ends)
    };
    by_name
        .or_else(by_ending)
        .or_else(|| columns().filter(is_text).find(|column| !is_label(column)))
        .or_else(|| columns().find(is_text))
}

/// What a column is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    /// One value to show and to filter by, and what it must be where the database keeps to it.
    Scalar(Option<MetadataKind>),
    /// The database says nothing of it.
    Unsaid,
    Other,
}

impl Shape {
    fn of(column: &Column) -> Self {
        match column.kind {
            Some(kind) => Self::of_kind(kind),
            None => Self::of_type(&column.type_name),
        }
    }

    fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text,
            Kind::Boolean => Self::Scalar(Some(MetadataKind::Boolean)),
            Kind::Integer => Self::Scalar(Some(MetadataKind::Integer)),
            Kind::Float | Kind::Decimal => Self::Scalar(Some(MetadataKind::Number)),
            Kind::Date => Self::Scalar(Some(MetadataKind::Date)),
            Kind::Timestamp => Self::Scalar(Some(MetadataKind::Timestamp)),
            Kind::Null | Kind::Bytes | Kind::Time | Kind::Uuid | Kind::Json | Kind::NotUtf8 => {
                Self::Other
            }
        }
    }

    /// By a type that the database declares without keeping to it, as SQLite does: an integer may
    /// be an empty text there, a boolean a `t`. So nothing is said of what a value must be.
    fn of_type(name: &str) -> Self {
        let name = name.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if name.is_empty() {
            Self::Unsaid
        } else if has(&["JSON", "BLOB", "UUID", "BINARY"]) {
            Self::Other
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Text
        } else if has(&[
            "DATE", "TIME", "BOOL", "INT", "REAL", "FLOA", "DOUB", "NUM", "DEC", "MONEY",
        ]) {
            Self::Scalar(None)
        } else {
            Self::Other
        }
    }
}

/// A name as it is compared: `updated_at` and `updatedAt` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_secret(column: &Column) -> bool {
    let name = plain(&column.name);
    SECRET_PARTS.iter().any(|part| name.contains(part))
        || words(&column.name).iter().any(|word| SECRET_WORDS.contains(&word.as_str()))
}

/// The words of a name: `userPass2` and `user_pass` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_small = false;
    for sign in name.chars() {
        if (was_small && sign.is_uppercase()) || !sign.is_alphabetic() {
            words.push(std::mem::take(&mut word));
        }
        was_small = sign.is_lowercase();
        if sign.is_alphabetic() {
            word.extend(sign.to_lowercase());
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// A condition that rows which were not deleted meet, from the column that says when one was.
fn not_deleted(column: &Column, notes: &mut Vec<String>) -> Option<String> {
    let name = identifier(&column.name);
    if column.is_nullable {
        return Some(format!("{name} is null"));
    }
    let is_number = match column.kind {
        Some(kind) => kind == Kind::Integer,
        None => column.type_name.to_ascii_uppercase().contains("INT"),
    };
    if is_number {
        notes.push(format!("{name} always has a value; 0 is taken for not deleted"));
        return Some(format!("{name} = 0"));
    }
    notes.push(format!(
        "{name} always has a value; which one of it means not deleted only you can say"
    ));
    None
}

/// Whether a text is one of a few words, by its name or by how long it may be.
fn is_label(column: &Column) -> bool {
    let length = column.type_name.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
    let length = length.and_then(|(length, _)| length.trim().parse::<u32>().ok());
    LABELS.contains(&plain(&column.name).as_str()) || length.is_some_and(|it| it <= LABEL_CHARS)
}

/// Whether a column only leads to another row.
fn is_reference(column: &Column) -> bool {
    let name = &column.name;
    name.eq_ignore_ascii_case("id") || name.ends_with("_id") || name.ends_with("Id")
}

/// A name for the entities of a table that nothing else has.
fn unused(table: &str, taken: &[String]) -> String {
    let bare = table.rsplit('.').next().unwrap_or(table);
    let is_known = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let safe = |name: &str| -> String {
        let name: String = name.chars().map(|c| if is_known(c) { c } else { '_' }).collect();
        if name.is_empty() { "entity".to_owned() } else { name }
    };
    let names = [safe(&singular(bare)), safe(bare), safe(table)].into_iter();
    let numbered = (2..).map(|number: u64| format!("{}_{number}", safe(bare)));
    let mut free = names.chain(numbered).filter(|name| !taken.contains(name));
    free.next().unwrap_or_default()
}

/// The singular of an English word where that is beyond doubt, else the word.
fn singular(word: &str) -> String {
    // Words that end like a plural and are none, or have one of their own.
    const KEPT: [&str; 9] =
        ["series", "species", "movies", "cookies", "news", "lens", "calories", "ties", "pies"];
    const ENDINGS: [&str; 8] = ["ss", "us", "is", "as", "os", "ses", "ches", "zes"];
    let last = word.rsplit(['_', '-']).next().unwrap_or(word).to_lowercase();
    let is_doubtful = !word.is_ascii()
        || KEPT.contains(&last.as_str())
        || last.len() < 4
        || ENDINGS.iter().any(|ending| last.ends_with(ending) && !last.ends_with("sses"));
    let cut = |ending: &str, instead: &str| {
        last.ends_with(ending).then(|| format!("{}{instead}", &word[..word.len() - ending.len()]))
    };
    if is_doubtful || word.chars().any(char::is_uppercase) {
        return word.to_owned();
    }
    cut("ies", "y")
        .or_else(|| cut("sses", "ss"))
        .or_else(|| cut("xes", "x"))
        .or_else(|| cut("shes", "sh"))
        .or_else(|| cut("s", ""))
        .unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::File;
    use crate::source::rows::KeyColumn;
    use crate::source::sqlite::SqliteSettings;

    fn column(name: &str, type_name: &str) -> Column {
        Column {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            kind: None,
            is_nullable: true,
            is_keyable: true,
            is_readable: true,
        }
    }

    fn key(name: &str, is_primary: bool) -> TableKey {
        let type_name = "INTEGER".to_owned();
        let column =
            KeyColumn { name: name.to_owned(), type_name, collation: None, is_nullable: false };
        TableKey { columns: vec![column], is_primary, note: None }
    }

    fn table(name: &str, columns: &[(&str, &str)]) -> Table {
        Table {
            name: name.to_owned(),
            sql: String::new(),
            kind: TableKind::Table,
            columns: columns.iter().map(|(name, type_name)| column(name, type_name)).collect(),
            keys: vec![key("id", true)],
            rows: None,
            denied: None,
        }
    }

    const PRODUCTS: [(&str, &str); 13] = [
        ("id", "INTEGER"),
        ("sku", "VARCHAR(20)"),
        ("product_name", "VARCHAR(200)"),
        ("description", "TEXT"),
        ("category", "TEXT"),
        ("price", "DECIMAL(10,2)"),
        ("in_stock", "BOOLEAN"),
        ("maker_id", "INTEGER"),
        ("image", "BLOB"),
        ("api_token", "TEXT"),
        ("created_at", "TIMESTAMP"),
        ("updatedAt", "TIMESTAMP"),
        ("deleted_at", "TIMESTAMP"),
    ];

    #[test]
    fn a_table_is_suggested_by_what_its_columns_are_called_and_are() {
        let suggestions = Suggestions::of(&[table("products", &PRODUCTS)], &[]);
        let yaml = suggestions.yaml("shop", None);
        assert_eq!(
            yaml,
            "entities:\n  \
             # products: api_token is left out: by its name it must not be found\n  \
             product:\n    source: shop\n    table: products\n    title: product_name\n    \
             content: [description]\n    \
             metadata: [sku, category, price, in_stock, created_at]\n    \
             version: updatedAt\n    filter: \"deleted_at is null\"\n"
        );
    }

    #[test]
    fn what_keeps_a_table_from_being_indexed_is_said() {
        let mut view = table("totals", &[("name", "TEXT")]);
        (view.kind, view.keys) = (TableKind::View, Vec::new());
        let mut denied = table("payroll", &[("name", "TEXT")]);
        denied.denied = Some("permission denied".to_owned());
        let numbers = table("numbers", &[("id", "INTEGER"), ("n", "REAL")]);
        let secret = table("keys", &[("id", "INTEGER"), ("password", "TEXT")]);
        let all = Suggestions::of(&[view, denied, numbers, secret], &[]);
        let reasons =
            ["a view has no unique key", "permission denied", "to hold text", "to hold text"];
        for (suggestion, reason) in all.all.iter().zip(reasons) {
            assert!(suggestion.entity.is_none());
            assert_eq!(suggestion.obstacles.len(), 1, "{:?}", suggestion.obstacles);
            assert!(suggestion.obstacles[0].contains(reason), "{:?}", suggestion.obstacles);
        }
        assert!(all.yaml("shop", None).starts_with("entities: {}\n  # totals: a view"));
    }

    #[test]
    fn a_key_is_written_unless_it_is_the_primary_one() {
        let mut one = table("t", &[("id", "INTEGER"), ("name", "TEXT")]);
        let key_of = |table: &Table| {
            let suggestion = Suggestions::of(std::slice::from_ref(table), &[]).all.remove(0);
            suggestion.entity.expect("an entity").key
        };
        assert!(key_of(&one).is_empty());
        one.keys = vec![key("rowid", false)];
        assert_eq!(key_of(&one), ["rowid"]);
        one.columns[0].is_keyable = false;
        one.keys = vec![key("id", true), key("name", false)];
        assert_eq!(key_of(&one), ["name"]);
    }

    #[test]
    fn a_title_is_found_by_name_before_it_is_the_first_text() {
        let title_of = |columns: &[(&str, &str)]| {
            let table = table("t", columns);
            title(&table).map(|column| column.name.clone())
        };
        assert_eq!(title_of(&[("notes", "TEXT"), ("Title", "TEXT")]).as_deref(), Some("Title"));
        assert_eq!(title_of(&[("notes", "TEXT"), ("name", "")]).as_deref(), Some("name"));
        assert_eq!(title_of(&[("name", "INTEGER"), ("notes", "CLOB")]).as_deref(), Some("notes"));
        assert_eq!(title_of(&[("code", "TEXT"), ("notes", "TEXT")]).as_deref(), Some("notes"));
        assert_eq!(title_of(&[("code", "TEXT")]).as_deref(), Some("code"));
        assert_eq!(title_of(&[("secret_name", "TEXT"), ("n", "INT")]), None);
    }

    #[test]
    fn a_database_that_keeps_to_its_types_has_them_declared() {
        let mut dates = table("t", &[("id", ""), ("name", ""), ("born", ""), ("seen", "")]);
        let kinds = [Kind::Integer, Kind::Text, Kind::Date, Kind::Timestamp];
        dates.columns.iter_mut().zip(kinds).for_each(|(column, kind)| column.kind = Some(kind));
        let suggestion = Suggestions::of(&[dates], &[]).all.remove(0);
        let kinds: Vec<_> =
            suggestion.entity.expect("an entity").metadata.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, [Some(MetadataKind::Date), Some(MetadataKind::Timestamp)]);
    }

    #[test]
    fn a_secret_is_known_by_the_words_of_its_name_however_they_are_written() {
        for (name, is_meant) in [
            ("user_pass", true),
            ("userPass2", true),
            ("user_activation_key", true),
            ("pwd", true),
            ("ssn", true),
            ("cvv", true),
            ("credit_card", true),
            ("AccessKey", true),
            ("passwordhash", true),
            ("API_TOKEN", true),
            ("hashtags", false),
            ("basalt_type", false),
            ("keyword", false),
            ("passenger", false),
            ("shopping", false),
            ("cardinality", false),
            ("description", false),
        ] {
            assert_eq!(is_secret(&column(name, "TEXT")), is_meant, "{name}");
        }
    }

    #[test]
    fn a_filter_is_suggested_only_if_rows_can_meet_it() {
        let filter = |type_name: &str, is_nullable| {
            let mut one =
                table("t", &[("id", "INTEGER"), ("name", "TEXT"), ("deleted_at", type_name)]);
            one.columns[2].is_nullable = is_nullable;
            Suggestions::of(&[one], &[]).all.remove(0).entity.expect("an entity").filter
        };
        assert_eq!(filter("TEXT", true).as_deref(), Some("deleted_at is null"));
        assert_eq!(filter("BIGINT", false).as_deref(), Some("deleted_at = 0"));
        assert_eq!(filter("TEXT", false), None);
    }

    #[test]
    fn a_column_that_may_not_be_read_is_neither_suggested_nor_a_key() {
        let mut one = table("t", &[("id", "INTEGER"), ("name", "TEXT"), ("pay", "TEXT")]);
        one.columns[2].is_readable = false;
        let suggestion = Suggestions::of(&[one.clone()], &[]).all.remove(0);
        assert_eq!(suggestion.entity.expect("an entity").content, []);
        assert!(suggestion.notes.iter().any(|note| note.contains("pay")), "{:?}", suggestion.notes);
        one.columns[0].is_readable = false;
        assert_eq!(Suggestions::of(&[one], &[]).all.remove(0).entity, None);
    }

    #[test]
    fn an_entity_is_not_called_what_ontologies_are_found_by() {
        let columns = [("id", "INTEGER"), ("name", "TEXT")];
        let tables = ["pages", "class"].map(|name| table(name, &columns));
        for suggestion in Suggestions::of(&tables, &[]).all {
            let entity = suggestion.entity.expect("an entity");
            assert_eq!(entity.mistakes(), Vec::<String>::new(), "{}", entity.name);
        }
    }

    #[test]
    fn a_plural_is_undone_only_where_that_is_beyond_doubt() {
        for (table, entity) in [
            ("products", "product"),
            ("product_categories", "product_category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("news", "news"),
            ("series", "series"),
            ("analyses", "analyses"),
            ("caches", "caches"),
            ("gas", "gas"),
            ("OrderLines", "OrderLines"),
            ("person", "person"),
            ("données", "données"),
        ] {
            assert_eq!(singular(table), entity);
        }
    }

    #[test]
    fn no_two_entities_have_one_name_and_all_can_be_read() {
        let columns = [("id", "INTEGER"), ("na: me", "TEXT"), ("ti\ntle", "TEXT")];
        let names = ["orders", "order", "my orders!", "shop", "a\nb", "x.orders", "\u{2028}"];
        let tables: Vec<_> = names.iter().map(|name| table(name, &columns)).collect();
        let suggestions = Suggestions::of(&tables, &["shop"]);
        let database = DatabaseSettings::Sqlite(SqliteSettings { path: "/a: b.db".into() });
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("driftless.yaml");
        std::fs::write(&path, suggestions.yaml("shop", Some(&database))).expect("a file");
        let file = File::read(&path).expect("a file");
        assert_eq!(file.entities().count(), names.len());
        for suggestion in suggestions.all {
            let entity = suggestion.entity.expect("an entity");
            let again = file.entity(&entity.name).expect("read").expect("an entity");
            assert_eq!(again.entity, entity);
        }
    }
}
