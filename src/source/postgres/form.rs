//! Canonical forms of PostgreSQL's values, from the text that it gives of them.
//!
//! Every value is asked for as text, under settings that [`session`](super::session) fixes.
//! What a type's text lacks of its canonical form is mended here.

use std::borrow::Cow;
use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::row::{Kind, Value, float_form};

/// What the values of a type are. Names are as `format_type` writes them for a modifier of -1:
/// a cast to one cuts nothing off. A type of somebody else's that is called the same comes in
/// quotes or with its schema.
pub(super) fn kind(type_name: &str) -> Kind {
    match type_name {
        "boolean" => Kind::Boolean,
        "smallint" | "integer" | "bigint" => Kind::Integer,
        "real" | "double precision" => Kind::Float,
        "numeric" => Kind::Decimal,
        "bytea" => Kind::Bytes,
        "date" => Kind::Date,
        "time without time zone" | "time with time zone" => Kind::Time,
        "timestamp without time zone" | "timestamp with time zone" => Kind::Timestamp,
        "uuid" => Kind::Uuid,
        "json" | "jsonb" => Kind::Json,
        array if array.ends_with("[]") => Kind::Json,
        _ => Kind::Text,
    }
}

/// A value as text.
pub(super) fn as_text(value: &str, type_name: &str) -> String {
    let is_array = type_name.ends_with("[]");
    if is_array { format!("to_json({value})::text") } else { format!("{value}::text") }
}

/// How many bytes a value is long, of a type whose values may be long.
pub(super) fn length(value: &str, type_name: &str) -> Option<String> {
    match kind(type_name) {
        Kind::Boolean | Kind::Integer | Kind::Float | Kind::Uuid => None,
        Kind::Date | Kind::Time | Kind::Timestamp => None,
        // Of these the server knows it without reading the value.
        _ if ["text", "character varying", "bytea"].contains(&type_name) => {
            Some(format!("octet_length({value})"))
        }
        _ => Some(format!("octet_length({})", as_text(value, type_name))),
    }
}

/// The canonical form of a value of this type that PostgreSQL writes so.
pub(super) fn form<'a>(type_name: &str, text: &'a [u8]) -> (Kind, Cow<'a, [u8]>) {
    let Ok(plain) = std::str::from_utf8(text) else {
        // A database in SQL_ASCII holds whatever was put into it.
        return (Kind::NotUtf8, Cow::Borrowed(text));
    };
    let kind = kind(type_name);
    let form = match kind {
        Kind::Float => float(plain, type_name == "real").map(String::into_bytes),
        Kind::Bytes => hex(plain),
        Kind::Timestamp => timestamp(plain).map(String::into_bytes),
        _ => None,
    };
    (kind, form.map_or(Cow::Borrowed(text), Cow::Owned))
}

/// A value of this type that PostgreSQL writes so.
pub(super) fn value(type_name: &str, text: &[u8]) -> Value {
    let (kind, form) = form(type_name, text);
    Value { kind, form: form.into_owned() }
}

fn float(text: &str, is_single: bool) -> Option<String> {
    let number: f64 = text.parse().ok()?;
    if is_single && number.is_finite() {
        // Through a double it would gain digits that nobody stored.
        return text.parse::<f32>().ok().map(|number| format!("{number:?}"));
    }
    Some(float_form(number))
}

/// Bytes as `\x00ff`.
fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.strip_prefix("\\x")?.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect::<Option<_>>()
}

/// `2024-02-29 12:30:00+00` with a `T` and a `Z`; infinity and years before Christ have no
/// such form.
fn timestamp(text: &str) -> Option<String> {
    if text.ends_with(" BC") {
        return None;
    }
    let (date, time) = text.split_once(' ')?;
    Some(match time.strip_suffix("+00") {
        Some(time) => format!("{date}T{time}Z"),
        None => format!("{date}T{time}"),
    })
}

/// A value as text that was not looked at.
pub(super) struct Raw<'a>(pub(super) &'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// A value as a parameter: always text, which the question casts.
#[derive(Debug)]
pub(super) struct Bound<'a>(pub(super) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Value { kind, form } = self.0;
        match kind {
            Kind::Null => return Ok(IsNull::Yes),
            Kind::Bytes => {
                out.extend_from_slice(b"\\x");
                form.iter()
                    .for_each(|byte| out.extend_from_slice(format!("{byte:02x}").as_bytes()));
            }
            _ => out.extend_from_slice(form),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_mended_where_its_text_is_not_canonical() {
        for (type_name, text, kind, canonical) in [
            ("real", "0.1", Kind::Float, "0.1"),
            ("real", "1e+20", Kind::Float, "1e20"),
            ("real", "16777216", Kind::Float, "16777216.0"),
            ("double precision", "-0", Kind::Float, "-0.0"),
            ("double precision", "-Infinity", Kind::Float, "-Infinity"),
            ("real", "NaN", Kind::Float, "NaN"),
            ("bytea", "\\x4100", Kind::Bytes, "A\0"),
            (
                "timestamp with time zone",
                "2024-02-29 12:30:00.5+00",
                Kind::Timestamp,
                "2024-02-29T12:30:00.5Z",
            ),
            (
                "timestamp without time zone",
                "12024-02-29 12:30:00",
                Kind::Timestamp,
                "12024-02-29T12:30:00",
            ),
            ("timestamp with time zone", "infinity", Kind::Timestamp, "infinity"),
            (
                "timestamp with time zone",
                "0044-03-15 00:00:00+00 BC",
                Kind::Timestamp,
                "0044-03-15 00:00:00+00 BC",
            ),
            ("integer[]", "[1,2]", Kind::Json, "[1,2]"),
            ("public.mood", "calm", Kind::Text, "calm"),
        ] {
            let (found, form) = form(type_name, text.as_bytes());
            assert_eq!((found, &*form), (kind, canonical.as_bytes()), "{type_name} {text}");
        }
    }
}
