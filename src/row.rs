//! Rows: values in one canonical form each, as content, and as keys.
//!
//! | kind        | canonical form                                                        |
//! |-------------|-----------------------------------------------------------------------|
//! | `null`      | empty                                                                 |
//! | `boolean`   | `true`, `false`                                                       |
//! | `integer`   | decimal digits, with `-` if negative                                  |
//! | `float`     | the shortest digits that give the number again, with a point or an exponent; `NaN`, `Infinity`, `-Infinity` |
//! | `decimal`   | exact, as the database writes it                                      |
//! | `text`      | the text in UTF-8, unchanged                                          |
//! | `bytes`     | the bytes                                                             |
//! | `date`      | `2024-02-29`                                                          |
//! | `time`      | `12:30:00.5`, with an offset where it has one                         |
//! | `timestamp` | `2024-02-29T12:30:00.5`; one with a time zone in UTC and with a `Z`   |
//! | `uuid`      | lower case, with hyphens                                              |
//! | `json`      | as the database writes it; arrays are JSON too                        |
//! | `not_utf8`  | the bytes of a text that is not UTF-8                                 |
//!
//! A row's content is its values one after the other, each as its kind (one byte), its length
//! (four bytes, little-endian) and its canonical form. A key is written for people: parts
//! joined by commas, `42` or `SKU-7`, a text that could be taken for something else in quotes,
//! bytes as `x'00ff'`. Both can be read back exactly.

use std::fmt;

use crate::item::ItemKey;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the module's table says what each is")]
pub enum Kind {
    Null,
    Boolean,
    Integer,
    Float,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    Timestamp,
    Uuid,
    Json,
    NotUtf8,
}

impl Kind {
    /// Every kind, each at the place of the byte that stands for it in a row's content.
    const ALL: [Self; 13] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::Float,
        Self::Decimal,
        Self::Text,
        Self::Bytes,
        Self::Date,
        Self::Time,
        Self::Timestamp,
        Self::Uuid,
        Self::Json,
        Self::NotUtf8,
    ];

    /// The word for it, in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Time => "time",
            Self::Timestamp => "timestamp",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::NotUtf8 => "text that is not UTF-8",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One value in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// The canonical form.
    pub form: Vec<u8>,
}

impl Value {
    /// A value of this canonical form.
    pub fn new(kind: Kind, form: impl Into<Vec<u8>>) -> Self {
        Self { kind, form: form.into() }
    }

    /// An integer.
    pub fn integer(number: i64) -> Self {
        Self::new(Kind::Integer, number.to_string())
    }

    /// A floating point number.
    pub fn float(number: f64) -> Self {
        Self::new(Kind::Float, float_form(number))
    }

    /// A text; `not_utf8` if it is none.
    pub fn text(bytes: impl Into<Vec<u8>>) -> Self {
        let form = bytes.into();
        let kind = if std::str::from_utf8(&form).is_ok() { Kind::Text } else { Kind::NotUtf8 };
        Self { kind, form }
    }

    /// The canonical form as text, unless it is bytes.
    pub fn as_str(&self) -> Option<&str> {
        match self.kind {
            Kind::Bytes | Kind::NotUtf8 => None,
            _ => std::str::from_utf8(&self.form).ok(),
        }
    }
}

/// The canonical form of a floating point number.
pub fn float_form(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    format!("{number:?}")
}

/// A row's content, made value by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowContent(Vec<u8>);

impl RowContent {
    /// An empty one with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Adds the next column's value.
    pub fn push(&mut self, kind: Kind, form: &[u8]) {
        // A database's values are limited to a gigabyte or two.
        let length = u32::try_from(form.len()).unwrap_or(u32::MAX);
        self.0.reserve(5 + form.len());
        self.0.push(kind as u8);
        self.0.extend_from_slice(&length.to_le_bytes());
        self.0.extend_from_slice(&form[..length as usize]);
    }

    /// The bytes so far.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has no value yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All values, as bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// One value of a row's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What it is.
    pub kind: Kind,
    /// The canonical form.
    pub form: &'a [u8],
}

impl<'a> Cell<'a> {
    /// The canonical form as text, unless it is bytes.
    pub fn as_str(&self) -> Option<&'a str> {
        match self.kind {
            Kind::Bytes | Kind::NotUtf8 => None,
            _ => std::str::from_utf8(self.form).ok(),
        }
    }
}

/// The values of a row's content; nothing if it is no row's.
pub fn cells(content: &[u8]) -> Option<Vec<Cell<'_>>> {
    let mut cells = Vec::new();
    let mut rest = content;
    while let Some((&tag, after)) = rest.split_first() {
        let kind = *Kind::ALL.get(usize::from(tag))?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let (form, after) = (after.get(..length)?, &after[length..]);
        cells.push(Cell { kind, form });
        rest = after;
    }
    Some(cells)
}

/// A key of these values, none of them null.
pub fn key_of(values: &[Value]) -> ItemKey {
    let mut key = KeyText::default();
    values.iter().for_each(|value| key.push(Cell { kind: value.kind, form: &value.form }));
    key.into_key()
}

/// A key, made part by part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyText {
    text: String,
    parts: usize,
}

impl KeyText {
    /// Adds the next part, which is not null.
    pub fn push(&mut self, part: Cell<'_>) {
        if self.parts > 0 {
            self.text.push(',');
        }
        self.parts += 1;
        write_part(&mut self.text, part);
    }

    /// The key.
    pub fn into_key(self) -> ItemKey {
        ItemKey::new(self.text)
    }
}

fn write_part(key: &mut String, part: Cell<'_>) {
    match (part.kind, part.as_str()) {
        (Kind::Text, Some(text)) if !is_plain(text) => write_quoted(key, text),
        (Kind::Bytes, _) => write_hex(key, 'x', part.form),
        (Kind::NotUtf8, _) | (_, None) => write_hex(key, 't', part.form),
        (Kind::Integer | Kind::Float | Kind::Decimal, Some(number)) => key.push_str(number),
        (_, Some(text)) if !is_plain(text) => write_quoted(key, text),
        (_, Some(text)) => key.push_str(text),
    }
}

/// Whether a text can be taken for nothing but itself.
fn is_plain(text: &str) -> bool {
    let is_bytes = text.starts_with("x'") || text.starts_with("t'");
    let is_padded = text.trim() != text || text.is_empty();
    let is_strange = |c: char| c == ',' || c == '"' || c.is_control();
    !is_bytes && !is_padded && !text.chars().any(is_strange) && text.parse::<f64>().is_err()
}

fn write_quoted(key: &mut String, text: &str) {
    // JSON's rules; it cannot fail for a text.
    key.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn write_hex(key: &mut String, sign: char, bytes: &[u8]) {
    use fmt::Write;
    key.push(sign);
    key.push('\'');
    for byte in bytes {
        let _ = write!(key, "{byte:02x}");
    }
    key.push('\'');
}

/// A text that is no key of a row, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is no key of a row: {reason}")]
pub struct BadKey {
    /// The text.
    pub key: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// The values of a key that [`key_of`] wrote, or that a person wrote like it. What is neither
/// a number nor bytes comes back as text; the database knows what type its column is.
///
/// # Errors
///
/// [`BadKey`] if it cannot be read.
pub fn key_values(key: &str) -> Result<Vec<Value>, BadKey> {
    let bad = |reason| BadKey { key: key.to_owned(), reason };
    let mut values = Vec::new();
    let mut rest = key;
    loop {
        let (value, after) = read_part(rest).map_err(bad)?;
        values.push(value);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(values),
            None => return Err(bad("a comma is missing behind a quoted part")),
        }
    }
}

fn read_part(text: &str) -> Result<(Value, &str), &'static str> {
    if text.starts_with('"') {
        let mut parts = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let quoted = parts.next().and_then(Result::ok).ok_or("a quoted part does not end")?;
        return Ok((Value::text(quoted), &text[parts.byte_offset()..]));
    }
    for (sign, kind) in [("x'", Kind::Bytes), ("t'", Kind::NotUtf8)] {
        if let Some(hex) = text.strip_prefix(sign) {
            let (hex, after) = hex.split_once('\'').ok_or("bytes without the `'` at their end")?;
            let bytes = read_hex(hex).ok_or("bytes that are not pairs of hex digits")?;
            return Ok((Value::new(kind, bytes), after));
        }
    }
    let (part, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    if part.is_empty() {
        return Err("a part is empty; an empty text is written \"\"");
    }
    let digits = part.strip_prefix('-').unwrap_or(part);
    let kind = match part.parse::<f64>() {
        Ok(_) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Kind::Integer,
        Ok(_) => Kind::Float,
        Err(_) => Kind::Text,
    };
    Ok((Value::new(kind, part), after))
}

fn read_hex(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        hex.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    pairs.remainder().is_empty().then(|| pairs.map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(values: &[Value]) -> String {
        key_of(values).as_str().to_owned()
    }

    #[test]
    fn a_key_is_written_as_plainly_as_can_be_read_back() {
        let text = |text: &str| Value::text(text);
        assert_eq!(written(&[Value::integer(-7)]), "-7");
        assert_eq!(written(&[text("SKU-1"), Value::integer(2)]), "SKU-1,2");
        assert_eq!(written(&[text("42")]), "\"42\"");
        assert_eq!(written(&[text("")]), "\"\"");
        assert_eq!(written(&[text("a,b"), text("c \"d\"")]), r#""a,b","c \"d\"""#);
        assert_eq!(written(&[text("inf")]), "\"inf\"");
        assert_eq!(written(&[text("x'00'")]), "\"x'00'\"");
        assert_eq!(written(&[Value::new(Kind::Bytes, [0, 255])]), "x'00ff'");
        assert_eq!(written(&[Value::text([b'a', 0xff])]), "t'61ff'");
        assert_eq!(written(&[Value::float(1.0)]), "1.0");
    }

    #[test]
    fn what_is_no_key_is_told_with_its_reason() {
        for wrong in ["", "a,", ",a", "\"a", "x'0", "x'0g'", "x'0'", "\"a\"b"] {
            assert!(key_values(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_float_has_a_point_or_an_exponent_or_a_name() {
        for (number, form) in [(1.0, "1.0"), (-0.0, "-0.0"), (1e300, "1e300"), (0.1, "0.1")] {
            assert_eq!(float_form(number), form);
        }
        assert_eq!(float_form(f64::NAN), "NaN");
        assert_eq!(float_form(f64::NEG_INFINITY), "-Infinity");
    }

    #[test]
    fn content_that_is_no_row_s_gives_nothing() {
        let mut content = RowContent::default();
        content.push(Kind::Text, b"dam");
        let bytes = content.into_bytes();
        assert!(cells(&bytes).is_some());
        assert!(cells(&bytes[..bytes.len() - 1]).is_none());
        assert!(cells(&[200, 0, 0, 0, 0]).is_none());
    }

    /// Values as a database with typed columns gives them back: a date comes back as text.
    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(Value::integer),
            any::<f64>().prop_filter("has digits", |n| n.is_finite()).prop_map(Value::float),
            any::<String>().prop_map(Value::text),
            prop::collection::vec(any::<u8>(), 0..6).prop_map(|b| Value::new(Kind::Bytes, b)),
            prop::collection::vec(any::<u8>(), 1..6).prop_map(Value::text),
            "[x']?[0-9,\"'-]{0,4}".prop_map(Value::text),
        ]
    }

    proptest! {
        #[test]
        fn a_key_gives_its_values_again(values in prop::collection::vec(value(), 1..4)) {
            let key = key_of(&values);
            prop_assert_eq!(key_values(key.as_str()).expect("a key"), values);
        }

        #[test]
        fn a_row_gives_its_values_again(values in prop::collection::vec(value(), 0..6)) {
            let mut content = RowContent::default();
            values.iter().for_each(|value| content.push(value.kind, &value.form));
            let bytes = content.into_bytes();
            let again: Vec<Value> = cells(&bytes)
                .expect("a row")
                .into_iter()
                .map(|cell| Value::new(cell.kind, cell.form))
                .collect();
            prop_assert_eq!(again, values);
        }
    }
}
