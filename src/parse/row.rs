//! The row parser: a row of an entity becomes the document that is found.
//!
//! A value of a kind that the entity does not allow rejects its row, with the column and the
//! kind: never with the value, which may be anybody's secret. Null is no text, not an empty one.

use std::fmt::Write;

use super::{Parsed, Parser, Rejection, Stage};
use crate::entity::{Entity, MetadataKind, WEIGHTS};
use crate::fingerprint::{Digest, Reading};
use crate::item::SourceItem;
use crate::record::Document;
use crate::row::{Cell, Kind, cells};

/// Raised whenever the same row gives another document.
const PARSER_VERSION: u32 = 2;

/// Makes documents of the rows of one entity.
#[derive(Clone, Debug)]
pub struct RowParser {
    columns: Vec<String>,
    title: usize,
    /// Which column belongs to the text of which weight.
    content: Vec<(usize, usize)>,
    embed: Vec<usize>,
    /// Which column is what, and its name as JSON.
    metadata: Vec<(usize, Option<MetadataKind>, String)>,
    configuration_version: Digest,
}

impl RowParser {
    /// The parser for the rows of `entity`, whose declaration must hold no mistakes.
    pub fn new(entity: &Entity) -> Self {
        let columns: Vec<String> = entity.columns().into_iter().map(str::to_owned).collect();
        // Every declared column is among them.
        let at = |name: &str| columns.iter().position(|it| it == name).unwrap_or_default();
        let weights = entity.weights();
        let content = entity.content.iter().filter(|content| content.column != entity.title);
        let content = content.map(|content| {
            let weight = weights.iter().position(|weight| *weight == content.weight);
            (at(&content.column), weight.unwrap_or_default().min(WEIGHTS - 1))
        });
        let metadata = entity.metadata.iter().map(|metadata| {
            let name = serde_json::Value::from(metadata.column.as_str()).to_string();
            (at(&metadata.column), metadata.kind, name)
        });
        // Where rows are and which of them count changes no document.
        let declared =
            serde_json::json!([entity.title, entity.content, entity.embed, entity.metadata]);
        Self {
            title: at(&entity.title),
            content: content.collect(),
            embed: entity.embed.iter().map(|column| at(column)).collect(),
            metadata: metadata.collect(),
            configuration_version: Digest::of(declared.to_string().as_bytes()),
            columns,
        }
    }

    fn document(&self, cells: &[Cell<'_>]) -> Result<Document, Rejection> {
        let text = |at: usize| self.text(at, cells);
        let mut document =
            Document { title: text(self.title)?.map(str::to_owned), ..<_>::default() };
        for (at, weight) in &self.content {
            append(&mut document.texts[*weight], text(*at)?);
        }
        for at in &self.embed {
            append(&mut document.embed, text(*at)?);
        }
        if !self.metadata.is_empty() {
            document.metadata = Some(self.metadata(cells)?);
        }
        Ok(document)
    }

    /// What of a column can be read; nothing if it is null.
    fn text<'a>(&self, at: usize, cells: &[Cell<'a>]) -> Result<Option<&'a str>, Rejection> {
        let cell = cells[at];
        match (cell.kind, cell.as_str()) {
            (Kind::Null, _) => Ok(None),
            (_, Some(text)) => Ok(Some(text)),
            (_, None) => Err(self.wrong(at, "text", cell.kind)),
        }
    }

    fn metadata(&self, cells: &[Cell<'_>]) -> Result<String, Rejection> {
        let mut json = String::from("{");
        for (number, (at, declared, name)) in self.metadata.iter().enumerate() {
            let comma = if number > 0 { "," } else { "" };
            let value = match declared {
                None => self.free(*at, cells[*at])?,
                Some(kind) => self.declared(*at, *kind, cells[*at])?,
            };
            // Writing to a string cannot fail.
            let _ = write!(json, "{comma}{name}:{value}");
        }
        json.push('}');
        Ok(json)
    }

    /// A value as JSON, whatever it is.
    fn free(&self, at: usize, cell: Cell<'_>) -> Result<String, Rejection> {
        let Some(text) = cell.as_str() else {
            return match cell.kind {
                Kind::Bytes => Ok(format!("\"{}\"", hex(cell.form))),
                kind => Err(self.wrong(at, "text", kind)),
            };
        };
        Ok(match cell.kind {
            Kind::Null => "null".to_owned(),
            Kind::Boolean | Kind::Integer | Kind::Json => text.to_owned(),
            Kind::Float => number(text),
            _ => quoted(text),
        })
    }

    /// A value as JSON, if it is of the declared kind.
    fn declared(&self, at: usize, kind: MetadataKind, cell: Cell<'_>) -> Result<String, Rejection> {
        let wrong = || self.wrong(at, kind.as_str(), cell.kind);
        if cell.kind == Kind::Null {
            return Ok("null".to_owned());
        }
        let text = cell.as_str().ok_or_else(wrong)?;
        let value = match (kind, cell.kind) {
            (MetadataKind::Text, _) => Some(quoted(text)),
            (MetadataKind::Number, Kind::Integer) | (MetadataKind::Integer, Kind::Integer) => {
                Some(text.to_owned())
            }
            (MetadataKind::Number, Kind::Decimal | Kind::Float) => Some(number(text)),
            (MetadataKind::Boolean, Kind::Boolean) => Some(text.to_owned()),
            // SQLite has no booleans of its own.
            (MetadataKind::Boolean, Kind::Integer) => match text {
                "0" => Some("false".to_owned()),
                "1" => Some("true".to_owned()),
                _ => None,
            },
            // What a database calls a date is one: `infinity`, years of five digits.
            (MetadataKind::Date, Kind::Date | Kind::Timestamp) => Some(quoted(text)),
            (MetadataKind::Date, Kind::Text) => is_date(text).then(|| quoted(text)),
            (MetadataKind::Timestamp, Kind::Timestamp) => Some(quoted(text)),
            (MetadataKind::Timestamp, Kind::Text) => is_timestamp(text).then(|| quoted(text)),
            (MetadataKind::Json, Kind::Json) => Some(text.to_owned()),
            (MetadataKind::Json, Kind::Text) => {
                serde_json::from_str::<&serde_json::value::RawValue>(text)
                    .ok()
                    .map(|_| text.to_owned())
            }
            _ => None,
        };
        value.ok_or_else(wrong)
    }

    fn wrong(&self, at: usize, expected: &str, found: Kind) -> Rejection {
        let column = &self.columns[at];
        let (code, message) = match found {
            Kind::NotUtf8 => ("not_utf8", format!("column {column}: {found}")),
            found if found.as_str() == expected => {
                ("wrong_type", format!("column {column}: {found} that is no {expected}"))
            }
            found => ("wrong_type", format!("column {column}: expected {expected}, found {found}")),
        };
        Rejection { stage: Stage::Parse, code, message }
    }
}

impl Parser for RowParser {
    fn reading(&self) -> Reading {
        Reading {
            parser_version: PARSER_VERSION,
            configuration_version: self.configuration_version,
        }
    }

    fn parse(&self, item: &SourceItem) -> Parsed {
        let cells = cells(&item.content).filter(|cells| cells.len() == self.columns.len());
        let Some(cells) = cells else {
            let message = "its content is not that of a row of this entity".to_owned();
            return Parsed::Rejected(Rejection { stage: Stage::Parse, code: "no_row", message });
        };
        match self.document(&cells) {
            Ok(document) => Parsed::Document(Box::new(document)),
            Err(rejection) => Parsed::Rejected(rejection),
        }
    }
}

fn append(text: &mut Option<String>, more: Option<&str>) {
    match (text, more) {
        (_, None) => {}
        (Some(text), Some(more)) => {
            text.push('\n');
            text.push_str(more);
        }
        (text @ None, Some(more)) => *text = Some(more.to_owned()),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// A number as JSON, which has none for `NaN` and infinity: these are kept as texts.
fn number(form: &str) -> String {
    let is_finite = form.bytes().last().is_some_and(|byte| byte.is_ascii_digit());
    if is_finite { form.to_owned() } else { quoted(form) }
}

/// Whether a text begins as a date does, such as `2024-02-29`.
fn is_date(text: &str) -> bool {
    let is_digit = |at: usize| matches!(at, 0..=3 | 5 | 6 | 8 | 9);
    let begins = text
        .bytes()
        .take(10)
        .enumerate()
        .all(|(at, byte)| if is_digit(at) { byte.is_ascii_digit() } else { byte == b'-' });
    begins && text.len() >= 10
}

/// Whether a text is a date with a time behind it.
fn is_timestamp(text: &str) -> bool {
    is_date(text) && matches!(text.as_bytes().get(10), Some(b'T' | b' ')) && text.len() >= 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entity::{ContentColumn, MetadataColumn, Relation};
    use crate::item::ItemKey;
    use crate::row::{RowContent, Value};

    fn entity() -> Entity {
        let content = |column: &str, weight| ContentColumn { column: column.to_owned(), weight };
        let metadata = |column: &str, kind| MetadataColumn { column: column.to_owned(), kind };
        Entity {
            content: vec![content("name", 3.0), content("text", 1.0), content("notes", 2.0)],
            embed: vec!["name".to_owned(), "text".to_owned()],
            metadata: vec![metadata("price", Some(MetadataKind::Number)), metadata("extra", None)],
            ..Entity::new("product", Relation::Table("products".to_owned()), "name")
        }
    }

    /// A row of name, text, notes, price and extra.
    fn parsed(values: [Value; 5]) -> Parsed {
        let mut content = RowContent::default();
        values.iter().for_each(|value| content.push(value.kind, &value.form));
        let content = content.into_bytes();
        let content_digest = Digest::of(&content);
        let item = SourceItem { key: ItemKey::new("1"), content, content_digest, git_sha1: None };
        RowParser::new(&entity()).parse(&item)
    }

    fn null() -> Value {
        Value::new(Kind::Null, [])
    }

    fn rejection(price: Value, extra: Value) -> String {
        match parsed([Value::text("Rope"), null(), null(), price, extra]) {
            Parsed::Rejected(rejection) => rejection.message,
            other => panic!("{other:?}"),
        }
    }

    fn metadata(kind: MetadataKind, value: Value) -> Option<String> {
        let mut entity = entity();
        entity.metadata.truncate(1);
        entity.metadata[0].kind = Some(kind);
        let mut content = RowContent::default();
        let values = [Value::text("Rope"), null(), null(), value];
        values.iter().for_each(|value| content.push(value.kind, &value.form));
        let content = content.into_bytes();
        let content_digest = Digest::of(&content);
        let item = SourceItem { key: ItemKey::new("1"), content, content_digest, git_sha1: None };
        match RowParser::new(&entity).parse(&item) {
            Parsed::Document(document) => document.metadata,
            _ => None,
        }
    }

    #[test]
    fn each_text_stands_by_its_weight_and_a_null_is_no_text() {
        let price = Value::new(Kind::Decimal, "12.50");
        let row = [Value::text("Rope"), Value::text("Hemp"), null(), price, Value::integer(-3)];
        let Parsed::Document(document) = parsed(row) else { panic!("a document") };
        assert_eq!(document.title.as_deref(), Some("Rope"));
        assert_eq!(document.texts, [Some("Hemp".to_owned()), None, None, None]);
        assert_eq!(document.embed.as_deref(), Some("Rope\nHemp"));
        assert_eq!(document.metadata.as_deref(), Some(r#"{"price":12.50,"extra":-3}"#));
    }

    #[test]
    fn a_value_of_another_kind_is_told_by_column_and_kind_and_never_by_value() {
        let message = rejection(Value::text("secret"), null());
        assert_eq!(message, "column price: expected number, found text");
        let message = rejection(null(), Value::text([b'a', 0xff]));
        assert_eq!(message, "column extra: text that is not UTF-8");
    }

    #[test]
    fn a_number_or_date_without_an_end_is_a_value_like_others() {
        for (kind, value, json) in [
            (MetadataKind::Number, Value::float(f64::NAN), r#"{"price":"NaN"}"#),
            (MetadataKind::Number, Value::new(Kind::Decimal, "NaN"), r#"{"price":"NaN"}"#),
            (MetadataKind::Number, Value::float(-f64::INFINITY), r#"{"price":"-Infinity"}"#),
            (MetadataKind::Date, Value::new(Kind::Date, "infinity"), r#"{"price":"infinity"}"#),
            (
                MetadataKind::Date,
                Value::new(Kind::Date, "12024-01-01"),
                r#"{"price":"12024-01-01"}"#,
            ),
        ] {
            assert_eq!(metadata(kind, value.clone()).as_deref(), Some(json), "{value:?}");
        }
    }

    #[test]
    fn what_has_no_number_in_json_is_kept_as_a_text_where_nothing_is_declared() {
        let row = |extra| parsed([Value::text("R"), null(), null(), null(), extra]);
        let metadata = |extra| match row(extra) {
            Parsed::Document(document) => document.metadata.expect("metadata"),
            other => panic!("{other:?}"),
        };
        assert_eq!(metadata(Value::float(f64::INFINITY)), r#"{"price":null,"extra":"Infinity"}"#);
        let bytes = Value::new(Kind::Bytes, [0, 255]);
        assert_eq!(metadata(bytes), r#"{"price":null,"extra":"00ff"}"#);
        let json = Value::new(Kind::Json, r#"{"a": [1]}"#);
        assert_eq!(metadata(json), r#"{"price":null,"extra":{"a": [1]}}"#);
    }

    #[test]
    fn a_declared_kind_takes_what_a_database_without_it_has_in_its_place() {
        let of = |kind, value: Value| metadata(kind, value);
        let flag = of(MetadataKind::Boolean, Value::integer(1));
        assert_eq!(flag.as_deref(), Some(r#"{"price":true}"#));
        assert_eq!(of(MetadataKind::Boolean, Value::integer(2)), None);
        assert!(of(MetadataKind::Date, Value::text("2024-02-29")).is_some());
        assert!(of(MetadataKind::Date, Value::text("29.2.2024")).is_none());
        assert!(of(MetadataKind::Timestamp, Value::text("2024-02-29 12:30")).is_some());
        assert!(of(MetadataKind::Timestamp, Value::text("2024-02-29")).is_none());
        assert!(of(MetadataKind::Json, Value::text("[1, 2]")).is_some());
        assert!(of(MetadataKind::Json, Value::text("[1, 2")).is_none());
        assert!(of(MetadataKind::Text, Value::integer(1)).is_some());
        assert!(of(MetadataKind::Integer, Value::float(1.5)).is_none());
    }

    #[test]
    fn only_what_makes_the_document_makes_a_row_stale() {
        let version = |entity: &Entity| RowParser::new(entity).reading().configuration_version;
        let (before, mut changed) = (version(&entity()), entity());
        changed.filter = Some("price > 0".to_owned());
        changed.version = Some("updated_at".to_owned());
        assert_eq!(version(&changed), before);
        changed.content[1].weight = 2.5;
        assert_ne!(version(&changed), before);
    }
}
